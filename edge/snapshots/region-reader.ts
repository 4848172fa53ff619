import type { Clock } from '../../shared/kernel/clock.ts'
import { shardDigest } from '../../shared/snapshot/digest.ts'
import { ShardReader } from '../../shared/snapshot/shard-reader.ts'
import type { Log } from '../log.ts'
import { RegionCopy } from './region-copy.ts'
import type { Installation, RegionStore } from './region-store.ts'
import type { ShardCopies } from './shard-copies.ts'
import { ToldFigures } from './told-figures.ts'
import { STORE_WAIT_MS_MAX, withinMs } from './time-limit.ts'

/** How old the isolate's head may be before a read asks D1 again: the price of a read nearly always in memory. */
const HEAD_AGE_MS_MAX = 500
/** A caller who asks for fresher than is held may make us look again, but not for every request of a flood. */
const HEAD_AGE_MS_MIN = 50
/** An isolate has 128 MB for everything; three regions' shards share a good part of it. */
const SHARD_BYTES_MAX = 24 * 1024 * 1024
/** Bodies in one answer of D1: some 3 MB of base64. */
const SHARDS_PER_READ_MAX = 16

export type KeepAlive = (work: Promise<unknown>) => void

/** The rim of a RegionCopy: brings in what moved and what is missing, each within a time limit. */
export class RegionReader {
  readonly region: string
  readonly copy = new RegionCopy()
  readonly told: ToldFigures
  readonly store: RegionStore
  readonly copies: ShardCopies
  readonly #clock: Clock
  readonly #log: Log
  #checkedAt = Number.NEGATIVE_INFINITY
  #isStoreFailing = false
  #refreshing: Promise<void> | null = null
  readonly #loading = new Map<number, Promise<void>>()

  constructor(region: string, ports: { store: RegionStore; copies: ShardCopies; clock: Clock; log: Log }) {
    this.region = region
    this.told = new ToldFigures(region, this.copy)
    this.store = ports.store
    this.copies = ports.copies
    this.#clock = ports.clock
    this.#log = ports.log
  }

  /** The last question to D1 failed: what is answered may be older than it has to be. */
  get isStoreFailing(): boolean {
    return this.#isStoreFailing
  }

  /** Null when the head is young enough to answer from, so that the common read never waits. */
  freshen(keepAlive: KeepAlive): Promise<void> | null {
    if (this.#clock.now() - this.#checkedAt <= HEAD_AGE_MS_MAX) return null
    const flight = this.#refresh(keepAlive)
    // While D1 fails, reads are answered at once from what is held; the question goes on in the background.
    return this.#isStoreFailing && this.copy.head ? null : this.#waitFor(flight)
  }

  /** Asks again although the head is young. Null when that was just done. */
  freshenNow(keepAlive: KeepAlive): Promise<void> | null {
    return this.#clock.now() - this.#checkedAt < HEAD_AGE_MS_MIN
      ? null
      : this.#waitFor(this.#refresh(keepAlive))
  }

  /** Brings these shards in. Those that can't be had stay missing; the caller then looks at what is older. */
  async load(shards: readonly number[], keepAlive: KeepAlive): Promise<void> {
    const fresh = shards.filter((shard) => !this.#loading.has(shard))
    for (let i = 0; i < fresh.length; i += SHARDS_PER_READ_MAX) {
      const group = fresh.slice(i, i + SHARDS_PER_READ_MAX)
      const flight = this.#loadGroup(group).finally(() =>
        group.forEach((shard) => this.#loading.delete(shard)),
      )
      group.forEach((shard) => this.#loading.set(shard, flight))
      keepAlive(flight)
    }
    const flights = new Set(shards.map((shard) => this.#loading.get(shard)))
    // KV and then D1, each with its own limit.
    await withinMs(Promise.all(flights), 2 * STORE_WAIT_MS_MAX + 100, 'loading shards').catch(
      (error: unknown) => this.#log('shards-not-loaded', { region: this.region, error }),
    )
    this.copy.evict(SHARD_BYTES_MAX)
  }

  /** A push that this isolate has just stored: no need to read it back. */
  accept(installation: Installation): void {
    this.copy.install(installation)
    // It doesn't follow on what is held here: the next read asks D1 for what lies between.
    if (this.copy.head?.revision !== installation.head.revision) return
    for (const bytes of installation.bodies.values()) this.#put(bytes)
    this.copy.evict(SHARD_BYTES_MAX)
    this.#succeeded()
  }

  #refresh(keepAlive: KeepAlive): Promise<void> {
    if (this.#refreshing) return this.#refreshing
    const flight = this.#readStore([]).finally(() => {
      this.#refreshing = null
    })
    this.#refreshing = flight
    keepAlive(flight)
    return flight
  }

  /** Never rejects: a store that fails or stalls is noted, and the copy stays as it is. */
  async #readStore(shards: readonly number[]): Promise<void> {
    try {
      const read = await withinMs(this.store.read(this.copy.head, shards), STORE_WAIT_MS_MAX, 'D1')
      if (read) {
        this.copy.install(read.changes)
        for (const bytes of read.bodies.values()) this.#put(bytes)
      }
      this.#succeeded()
    } catch (error) {
      this.#isStoreFailing = true
      this.#checkedAt = this.#clock.now()
      this.#log('edge-store-unavailable', { region: this.region, error })
    }
  }

  async #loadGroup(shards: readonly number[]): Promise<void> {
    const found = await Promise.all(shards.map((shard) => this.#loadCopy(shard)))
    const missing = shards.filter((_, i) => !found[i])
    if (missing.length > 0) await this.#readStore(missing)
  }

  /** From KV, when its copy is the very one that the head asks for. An older one is as good as none. */
  async #loadCopy(shard: number): Promise<boolean> {
    try {
      const wanted = this.copy.markOf(shard)
      const copy = await withinMs(this.copies.get(this.region, shard), STORE_WAIT_MS_MAX, 'KV')
      if (!wanted || !copy || copy.mark.epoch !== this.copy.head?.epoch) return false
      if (copy.mark.version !== wanted.version || copy.mark.digest !== wanted.digest) return false
      return this.#put(copy.bytes)
    } catch (error) {
      this.#log('shard-copies-unavailable', { region: this.region, shard, error })
      return false
    }
  }

  #put(bytes: Uint8Array): boolean {
    const reader = ShardReader.open(bytes)
    if (!reader.ok) {
      this.#log('shard-refused', { region: this.region, ...reader.error })
      return false
    }
    return reader.value.header.region === this.region && this.copy.put(reader.value, shardDigest(bytes))
  }

  #waitFor(flight: Promise<void>): Promise<void> {
    return withinMs(flight, STORE_WAIT_MS_MAX + 100, 'the shared read').catch(() => {
      this.#isStoreFailing = true
    })
  }

  #succeeded(): void {
    this.#isStoreFailing = false
    this.#checkedAt = this.#clock.now()
  }
}
