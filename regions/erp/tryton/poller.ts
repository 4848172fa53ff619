import type { Logger } from 'pino'
import * as z from 'zod'
import { backoffMs } from '../../../shared/kernel/backoff.ts'
import type { Clock, Instant } from '../../../shared/kernel/clock.ts'
import type { Random } from '../../../shared/kernel/random.ts'
import type { Message } from '../../connectors/connector.ts'
import { TrytonClient } from './client.ts'
import { passwordOf, type TrytonConfig } from './config.ts'
import { type PolledModel, polledModels } from './polled-models.ts'
import { type PolledRow, hasField, latestOf, NotNow, readPage, relatedTo } from './read-polled.ts'

type Parts = {
  /** Keeps a message for good; what it means follows. */
  readonly receive: (message: Message) => Promise<unknown>
  /** Where it is kept how far was read: on the disk with the ledger. */
  readonly memory: {
    readonly text: (key: string) => string | null
    readonly setText: (key: string, value: string) => void
  }
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

/**
 * How far a model was read. `doneTo`: everything written up to there was handed in. `reading`: a round that is under way,
 * which ends at `upTo` and has come as far as this id; so that a first reading of years goes on after a restart.
 */
const Progress = z.object({
  doneTo: z.number().nullable(),
  reading: z.object({ upTo: z.number(), afterId: z.number() }).nullable(),
})
type Progress = z.infer<typeof Progress>
const NOWHERE: Progress = { doneTo: null, reading: null }

/** No news is told as such, so that a silent ERP and a dead one are two things. */
const HEARTBEAT_EVERY_MS = 15_000
const RETRY_MS_MOST = 60_000
const STOP_WITHIN_MS = 1000
/** NATS takes a megabyte a message; a page that is larger is halved. */
const PAGE_BYTES_MAX = 700_000

/**
 * Reads what changed in a Tryton, which tells nobody of anything by itself:
 *
 *            doneTo − overlap        doneTo                      upTo (the latest writing when the round began)
 *   ────────────┼──────────────────────┼───────────────────────────┼──────────────► written (transaction start)
 *               └ read again: what began before and ended after ┘ └ read ┘
 *
 * What was handed in already in the same version is not handed in again while this process lives; after a restart it is, and
 * the inbox knows it. A row that changes while a round goes on has a later stamp, and comes with the next round.
 */
export class TrytonPoller {
  readonly #config: TrytonConfig
  readonly #client: TrytonClient
  readonly #parts: Parts
  /** Versions that were handed in, and when they were last seen: those within the overlap are seen by every round. */
  readonly #told = new Map<string, Instant>()
  #polled: readonly PolledModel[] | null = null
  #timer: NodeJS.Timeout | null = null
  #round: Promise<void> = Promise.resolve()
  #isStopped = false
  #failures = 0
  #toldAt: Instant = 0

  static of(config: TrytonConfig, parts: Parts): TrytonPoller {
    return new TrytonPoller(config, new TrytonClient({ ...config, password: passwordOf(config) }), parts)
  }

  constructor(config: TrytonConfig, client: TrytonClient, parts: Parts) {
    this.#config = config
    this.#client = client
    this.#parts = parts
  }

  start(): void {
    this.#again(0)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer) clearTimeout(this.#timer)
    // A call to a slow ERP may take its time: what it answers is read again by whoever comes next.
    await Promise.race([this.#round, new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS).unref())])
  }

  /** One round over all models. */
  async poll(): Promise<void> {
    this.#polled ??= polledModels({
      kits: await hasField(this.#client, 'product.product', 'components'),
      lots: this.#config.lots,
    })
    const began = this.#parts.clock.now()
    for (const polled of this.#polled) await this.#read(polled)
    for (const [version, seenAt] of this.#told) if (seenAt < began) this.#told.delete(version)
    if (began - this.#toldAt >= HEARTBEAT_EVERY_MS) await this.#hand({ tryton: 'heartbeat' })
  }

  #again(afterMs: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.#round = this.#attempt().then((waitMs) => this.#again(waitMs))
    }, afterMs)
  }

  /** Answers when to come again. A failure is said once, and so is its end. */
  async #attempt(): Promise<number> {
    const { log, random } = this.#parts
    const { pollEveryMs, source } = this.#config
    try {
      await this.poll()
      if (this.#failures > 0) log.info({ source, failures: this.#failures }, 'the ERP is read again')
      this.#failures = 0
      return pollEveryMs
    } catch (error) {
      this.#failures++
      if (this.#failures === 1)
        log.warn({ source, error: String(error) }, 'the ERP can’t be read; trying again')
      const waitMs = backoffMs({ firstMs: pollEveryMs, mostMs: RETRY_MS_MOST }, this.#failures, random)
      return Math.max(waitMs, error instanceof NotNow ? (error.retryAfterMs ?? 0) : 0)
    }
  }

  async #read(polled: PolledModel): Promise<void> {
    let progress = this.#progressOf(polled)
    const { doneTo } = progress
    const upTo = progress.reading?.upTo ?? (await latestOf(this.#client, polled))
    if (upTo === null) return
    const since = doneTo === null ? null : doneTo - this.#config.overlapMs
    let afterId = progress.reading?.afterId ?? 0
    for (;;) {
      if (this.#isStopped) return
      const { rows, isLast } = await readPage(this.#client, polled, since, afterId)
      const fresh = rows.filter((row) => !this.#told.has(nameOf(polled, row)))
      if (fresh.length > 0) await this.#handIn(polled, fresh)
      for (const row of rows) this.#told.set(nameOf(polled, row), this.#parts.clock.now())
      afterId = rows.at(-1)?.id ?? afterId
      if (isLast) break
      progress = { doneTo, reading: { upTo, afterId } }
      this.#keep(polled, progress)
    }
    if (doneTo !== upTo || progress.reading) this.#keep(polled, { doneTo: upTo, reading: null })
  }

  async #handIn(polled: PolledModel, rows: readonly PolledRow[]): Promise<void> {
    const { warehouses } = this.#config
    const page = {
      tryton: polled.model,
      ...(warehouses ? { warehouses } : {}),
      rows: rows.map(({ raw }) => raw),
      related: await relatedTo(this.#client, polled, rows),
    }
    if (rows.length > 1 && JSON.stringify(page).length > PAGE_BYTES_MAX) {
      const half = rows.length >> 1
      await this.#handIn(polled, rows.slice(0, half))
      return this.#handIn(polled, rows.slice(half))
    }
    await this.#hand(page)
  }

  async #hand(page: object): Promise<void> {
    const receivedAt = this.#parts.clock.now()
    await this.#parts.receive({
      source: this.#config.source,
      body: new TextEncoder().encode(JSON.stringify(page)),
      contentType: 'application/json',
      headers: {},
      receivedAt,
    })
    this.#toldAt = receivedAt
  }

  #progressOf({ model }: PolledModel): Progress {
    const text = this.#parts.memory.text(this.#key(model))
    return text === null ? NOWHERE : Progress.parse(JSON.parse(text))
  }

  #keep({ model }: PolledModel, progress: Progress): void {
    this.#parts.memory.setText(this.#key(model), JSON.stringify(progress))
  }

  #key(model: string): string {
    return `tryton.${this.#config.source}.${model}`
  }
}

const nameOf = ({ model }: PolledModel, { id, version }: PolledRow): string => `${model} ${id} ${version}`
