import type { Logger } from 'pino'
import { encodePush } from '../../shared/contract/push.ts'
import type { Region } from '../../shared/domain/ids.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import { type Clock, formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import { rulesOf } from '../ledger/core/snapshot-row.ts'
import type { Ledger } from '../ledger/core/ledger.ts'
import { tierOf } from '../ledger/core/tier-of.ts'
import { DirtySkus } from './dirty-skus.ts'
import type { EdgeClient, PushOutcome } from './edge-client.ts'
import { type BuiltShard, ShardBuilder } from './shard-builder.ts'

/** No news is said this often, so that "no change" is never taken for "no news". */
const HEARTBEAT_MS = 1_000
const RETRY_MS = [100, 250, 500, 1_000, 2_000, 5_000] as const

/** What the edge must hold at a version, by shard; '' where changes still wait. */
export type EdgeDigests = { readonly version: number; readonly digests: readonly string[] }

const DIGESTS_EVERY_MS = 5_000

type Taken = ReturnType<DirtySkus['take']>

/**
 * Keeps the edge's copy of a region: gathers dirty skus, and pushes them one push at a time. A push that fails puts its
 * skus back, so the next one carries the newest figures and no backlog; a gap is answered with the whole region.
 */
export class Publisher {
  readonly #ledger: Ledger
  readonly #edge: EdgeClient
  readonly #clock: Clock
  readonly #log: Logger
  readonly #region: Region
  readonly #epoch: number
  readonly #dirty: DirtySkus
  readonly #builder: ShardBuilder
  readonly #onDigests: (digests: EdgeDigests) => void
  /** 0: the edge has to be given everything. */
  version = 0
  acknowledgedAt: Instant | null = null
  writes = 0
  #rulesVersion = -1
  #digestsAt = 0
  #failures = 0
  #stopped = false
  #wake: (() => void) | null = null
  #running: Promise<void> | null = null

  constructor(parts: {
    ledger: Ledger
    edge: EdgeClient
    clock: Clock
    log: Logger
    region: Region
    epoch: number
    shardCount: number
    onDigests: (digests: EdgeDigests) => void
  }) {
    this.#ledger = parts.ledger
    this.#edge = parts.edge
    this.#clock = parts.clock
    this.#log = parts.log
    this.#region = parts.region
    this.#epoch = parts.epoch
    this.#onDigests = parts.onDigests
    this.#dirty = new DirtySkus((tier) => this.#ledger.books.master.tierSettings(tier).windowMs)
    this.#builder = new ShardBuilder(parts.ledger, parts.region, parts.shardCount)
  }

  get dirtySkus(): number {
    return this.#dirty.size
  }

  mark(skus: Iterable<number>): void {
    const now = this.#clock.now()
    const { books } = this.#ledger
    for (const sku of skus) this.#dirty.mark(sku, tierOf(books, sku, now), now)
    this.#wake?.()
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#wake?.()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const taken = this.#dirty.take(this.#clock.now())
      try {
        await this.#push(taken)
        if (this.#failures > 0) this.#log.info('the edge takes pushes again')
        this.#failures = 0
      } catch (error) {
        this.#dirty.putBack(taken)
        if (this.#failures++ === 0)
          this.#log.warn({ error: String(error) }, 'the edge did not take a push; trying on')
      }
      await this.#sleep(this.#failures > 0 ? RETRY_MS[Math.min(this.#failures, RETRY_MS.length) - 1]! : null)
    }
  }

  async #push(taken: Taken): Promise<void> {
    const now = this.#clock.now()
    const isWhole = this.version === 0
    const hot = isWhole ? [] : [...(taken.get('A')?.skus ?? [])]
    const shards = isWhole ? this.#allShards() : this.#shardsOf(taken)
    const isHeartbeat = !isWhole && hot.length === 0 && shards.length === 0 && !this.#rulesChanged
    const toVersion = isHeartbeat ? this.version : Math.max(this.version + 1, this.#ledger.sequence)
    const rulesVersion = this.#rulesNow
    const built: BuiltShard[] = []
    for (const shard of shards) built.push(await this.#builder.build(shard, toVersion, now))
    const body = encodePush(
      {
        format: 1,
        region: this.#region,
        epoch: this.#epoch,
        fromVersion: this.version,
        toVersion,
        asOf: formatInstant(now),
        tierAsOf: this.#tierAsOf(now),
        shardCount: this.#builder.shardCount,
        ...(isWhole ? {} : { changed: this.#changed(taken) }),
        ...(isWhole || this.#rulesChanged
          ? { rules: rulesOf(this.#ledger.books, rulesVersion, this.#ledger.time.at) }
          : {}),
      },
      hot.length > 0 ? this.#builder.buildHot(hot, toVersion, now) : null,
      built,
    )
    await this.#settle(await this.#edge.push(body), {
      toVersion,
      rulesVersion,
      taken,
      writes: hot.length + shards.length + 1,
    })
  }

  async #settle(
    outcome: PushOutcome,
    sent: { toVersion: number; rulesVersion: number; taken: Taken; writes: number },
  ): Promise<void> {
    if (outcome.kind === 'applied') {
      this.version = sent.toVersion
      this.#rulesVersion = sent.rulesVersion
      this.acknowledgedAt = this.#clock.now()
      this.writes += sent.writes
      return this.#tellDigests()
    }
    if (outcome.epoch > this.#epoch)
      throw new Error(
        `the edge has a newer writer of this region (epoch ${outcome.epoch}, ours is ${this.#epoch})`,
      )
    // An answer that was lost: the edge has what we sent. Anything else: it gets the whole region.
    this.version = outcome.epoch === this.#epoch && outcome.version === sent.toVersion ? outcome.version : 0
    this.#dirty.putBack(sent.taken)
  }

  /** Right after a push, while the edge holds exactly this version: the centre compares the two. */
  async #tellDigests(): Promise<void> {
    const now = this.#clock.now()
    if (now - this.#digestsAt < DIGESTS_EVERY_MS) return
    this.#digestsAt = now
    const before = this.#waitingShards()
    const isDue = (): boolean => this.#dirty.dueIn(this.#clock.now()) === 0
    const digests = await this.#builder.digests((shard) => before.has(shard), isDue)
    // What changed while they were made is ahead of the edge.
    for (const shard of this.#waitingShards()) digests[shard] = ''
    this.#onDigests({ version: this.version, digests })
  }

  #waitingShards(): ReadonlySet<number> {
    const waiting = new Set<number>()
    for (const sku of this.#dirty.skus()) waiting.add(this.#builder.shardOf(sku))
    return waiting
  }

  get #rulesChanged(): boolean {
    return this.#rulesVersion !== this.#rulesNow
  }

  /** Grows with every change of master data, and with every source that falls silent or is heard again. */
  get #rulesNow(): number {
    return this.#ledger.books.master.version + this.#ledger.time.version
  }

  #changed(taken: Taken): string[] {
    const { skus } = this.#ledger.books
    return [...taken.values()].flatMap((waiting) => [...waiting.skus].map((sku) => skus.textOf(sku)))
  }

  #allShards(): number[] {
    return Array.from({ length: this.#builder.shardCount }, (_, shard) => shard)
  }

  /** Tiers B and C travel as whole shards. */
  #shardsOf(taken: Taken): number[] {
    const shards = new Set<number>()
    for (const tier of ['B', 'C'] as const)
      for (const sku of taken.get(tier)?.skus ?? []) shards.add(this.#builder.shardOf(sku))
    return [...shards].sort((a, b) => a - b)
  }

  #tierAsOf(now: Instant): Record<Tier, string> {
    const at = (tier: Tier): string => formatInstant(this.#dirty.trueAt(tier, now))
    return { A: at('A'), B: at('B'), C: at('C') }
  }

  /** Until something is due, or a heartbeat is, or (after a failure) the next try. */
  async #sleep(retryMs: number | null): Promise<void> {
    const latest = this.#clock.now() + (retryMs ?? HEARTBEAT_MS)
    while (!this.#stopped) {
      const now = this.#clock.now()
      const due = retryMs === null ? this.#dirty.dueIn(now) : null
      const waitMs = Math.min(due ?? Number.POSITIVE_INFINITY, latest - now)
      if (waitMs <= 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      const timer = setTimeout(resolve, waitMs)
      await promise
      clearTimeout(timer)
    }
  }
}
