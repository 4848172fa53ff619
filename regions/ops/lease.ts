import type { Logger } from 'pino'
import { newId } from '../../shared/node/new-id.ts'
import { type Bus, type KeyValue, openKeyValue } from '../../shared/node/nats.ts'

const BUCKET = 'LEASE'
const KEY = 'writer'
/** So often the holder says that it is there … */
const RENEW_EVERY_MS = 400
/** … and after so long without a word another may take over. */
const FREE_AFTER_MS = 1_600
const LOOK_EVERY_MS = 150
const RUN = '/'

type Parts = {
  readonly bus: Bus
  /** Who asks: the same process, started again, takes its own lease back at once. */
  readonly holder: string
  readonly log: Logger
}

/**
 * Says which of a region's processes may write. It only avoids quarrels: the fence of DECISIONS decides them, so that a
 * holder that was paused, or a clock that jumped, can do no harm. Silence is measured by the watcher's own monotonic clock,
 * from when it last saw the lease change.
 */
export class Lease {
  readonly #kv: KeyValue
  readonly #parts: Pick<Parts, 'holder' | 'log'>
  /** What we write: whose data it is, and which run of it. */
  readonly #word: string
  #revision = 0
  #timer: NodeJS.Timeout | null = null
  #stopped = false
  /** When it was last known to be ours, by our own monotonic clock. */
  #heldAt = Number.NEGATIVE_INFINITY

  constructor(kv: KeyValue, parts: Pick<Parts, 'holder' | 'log'>) {
    this.#kv = kv
    this.#parts = parts
    this.#word = `${parts.holder}${RUN}${newId()}`
  }

  static async open(parts: Parts): Promise<Lease> {
    return new Lease(await openKeyValue(parts.bus, BUCKET), parts)
  }

  /** Takes the lease when it is free, or ours. False while another holds it. */
  async take(): Promise<boolean> {
    const entry = await this.#kv.get(KEY)
    const holder = entry === null || entry.value === '' ? null : entry.value.split(RUN)[0]
    if (holder !== null && holder !== this.#parts.holder) return false
    return this.#put(entry?.revision ?? 0)
  }

  /** Resolves when the lease is ours: given up by its holder, or not renewed for too long. False when we were stopped. */
  async wait(): Promise<boolean> {
    let seen = -1
    let changedAt = performance.now()
    while (!this.#stopped) {
      try {
        const entry = await this.#kv.get(KEY)
        const revision = entry?.revision ?? 0
        if (revision !== seen) [seen, changedAt] = [revision, performance.now()]
        const isFree = entry === null || entry.value === '' || performance.now() - changedAt >= FREE_AFTER_MS
        if (isFree && (await this.#put(revision))) return true
      } catch (error) {
        // Nothing can be seen, so nothing is known about the holder.
        changedAt = performance.now()
        this.#parts.log.debug({ error: String(error) }, 'the lease can not be read')
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    return false
  }

  /** Keeps it from now on. `onLost` is called once when another has taken it. */
  keep(onLost: () => void): void {
    let isBusy = false
    this.#timer = setInterval(() => {
      if (isBusy) return
      isBusy = true
      void this.#renew(onLost).finally(() => (isBusy = false))
    }, RENEW_EVERY_MS)
  }

  /** Gives it up, so that another takes over at once. */
  async release(): Promise<void> {
    this.#stop()
    if (this.#revision === 0) return
    const revision = await this.#ownRevision().catch(() => null)
    if (revision !== null) await this.#kv.put(KEY, '', revision).catch(() => false)
  }

  async #renew(onLost: () => void): Promise<void> {
    try {
      if ((await this.#put(this.#revision)) || this.#stopped) return
      const revision = await this.#ownRevision()
      if (revision !== null) return void (this.#revision = revision)
      this.#stop()
      onLost()
    } catch (error) {
      this.#parts.log.debug({ error: String(error) }, 'the lease could not be renewed; trying on')
    }
  }

  /** Of what we wrote, where that still stands: a renewal is written even if its answer got lost. */
  async #ownRevision(): Promise<number | null> {
    const entry = await this.#kv.get(KEY)
    return entry?.value === this.#word ? entry.revision : null
  }

  #stop(): void {
    this.#stopped = true
    if (this.#timer) clearInterval(this.#timer)
  }

  /** Whether no other can have taken it yet: a process that was paused, or cut off, finds that it may be nobody’s any more. */
  get isHeld(): boolean {
    return performance.now() - this.#heldAt < FREE_AFTER_MS
  }

  async #put(revision: number): Promise<boolean> {
    const askedAt = performance.now()
    const written = await this.#kv.put(KEY, this.#word, revision)
    if (written === null) return false
    this.#revision = written
    this.#heldAt = askedAt
    return true
  }
}
