import type { Tier, TierSettings } from '../../shared/domain/tier.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { heldForMs } from './pace.ts'
import { type Band, type Movement, NO_BAND } from './publish-band.ts'

const TIERS = ['A', 'B', 'C'] as const
const BULK = ['B', 'C'] as const

/** Rows of tier A in one push: looked at and encoded within some 20 ms, in which no hold is decided. The rest follows at once. */
export const HOT_ROWS_MAX = 1_000
/** More rows than this of one shard are more to write than the shard. */
const HOT_ROWS_PER_SHARD_MAX = 512
/** Whole shards in one push: tier A never waits for more than these to be built. */
export const SHARDS_MAX = 4

type Waiting = { since: Instant; readonly skus: Set<number> }
type ByShard = Map<number, Waiting>
type ByTier = Readonly<Record<Tier, ByShard>>

/** What one push carries. */
export type Batch = {
  readonly hot: readonly number[]
  readonly shards: readonly number[]
  /** What waited and is in it. Of a shard that travels whole that is everything, of any tier. */
  readonly taken: ByTier
  /** Of the shards those that were wanted whole. */
  readonly wanted: readonly number[]
}

type Ports = {
  readonly settings: (tier: Tier) => TierSettings
  /** How long changes are gathered at this moment: under pressure longer than the settings say. */
  readonly windowMs: (settings: TierSettings) => number
  readonly shardOf: (sku: number) => number
  /** How far a sku has moved from what the edge holds of it. */
  readonly movement: (sku: number, band: Band) => Movement
}

/**
 * Many events in, few writes out. It holds the skus whose figures may have changed and have not travelled yet, by tier and
 * shard: what waits is bounded by the number of skus, not of events, and what travels is what is true when it is sent.
 *
 *   mark ──► waiting ──(window over)──► moved           travels: tier A first, row by row; B and C as whole shards
 *                                   ├─► within its band held until it moves on, or half of its freshness is over
 *                                   └─► as it was       forgotten
 */
export class Compactor {
  readonly #ports: Ports
  readonly #waiting: ByTier = newByTier()
  readonly #held: ByTier = newByTier()
  readonly #lastTaken: Record<Tier, Instant> = { A: 0, B: 0, C: 0 }
  readonly #wanted = new Set<number>()

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** The first change after quiet is due at once; under load a tier's changes of one window go together. */
  mark(sku: number, tier: Tier, now: Instant): void {
    add(this.#waiting[tier], this.#ports.shardOf(sku), [sku], now)
  }

  /** Has shards travel whole, whether anything in them has changed or not. */
  wantWhole(shards: Iterable<number>): void {
    for (const shard of shards) this.#wanted.add(shard)
  }

  /** Skus that wait, those held within their band included. */
  get waiting(): number {
    return countIn(this.#waiting) + this.held
  }

  get held(): number {
    return countIn(this.#held)
  }

  /** Shards of which the edge may hold something else than the ledger. */
  shardsBehind(): Set<number> {
    const shards = new Set(this.#wanted)
    for (const byTier of [this.#waiting, this.#held])
      for (const tier of TIERS) for (const shard of byTier[tier].keys()) shards.add(shard)
    return shards
  }

  /** Milliseconds until something is due; null when nothing waits. */
  dueIn(now: Instant): number | null {
    if (this.#wanted.size > 0) return 0
    let dueAt = Number.POSITIVE_INFINITY
    for (const tier of TIERS)
      dueAt = Math.min(dueAt, this.#dueAt(tier), oldestIn(this.#held[tier]) + this.#heldForMs(tier))
    return dueAt === Number.POSITIVE_INFINITY ? null : Math.max(0, dueAt - now)
  }

  /** Takes what is due and fits into one push: tier A first, then whole shards, what has waited longest before the rest. */
  take(now: Instant): Batch {
    const taken = newByTier()
    const hot: number[] = []
    const shards = new Set<number>()
    for (const tier of TIERS) this.#letGo(tier, now)
    const due = TIERS.filter((tier) => this.#dueAt(tier) <= now)
    if (due.includes('A')) this.#takeHot(now, { hot, shards, taken })
    for (const tier of BULK) if (due.includes(tier)) this.#chooseShards(tier, shards, now)
    for (const shard of this.#wanted) if (shards.size < SHARDS_MAX) shards.add(shard)
    for (const shard of shards) this.#takeShard(shard, taken)
    // What did not fit stays due; otherwise the window begins anew.
    for (const tier of due) if (this.#waiting[tier].size === 0) this.#lastTaken[tier] = now
    const sorted = [...shards].sort((a, b) => a - b)
    return { hot, shards: sorted, taken, wanted: sorted.filter((shard) => this.#wanted.delete(shard)) }
  }

  /** Takes everything that waits, for a push that carries all shards. */
  takeAll(shards: readonly number[], now: Instant): Batch {
    const taken = newByTier()
    for (const shard of this.shardsBehind()) this.#takeShard(shard, taken)
    for (const tier of TIERS) this.#lastTaken[tier] = now
    const wanted = [...this.#wanted]
    this.#wanted.clear()
    return { hot: [], shards, taken, wanted }
  }

  /** Skus of these shards that wait. */
  waitingIn(shards: readonly number[]): Set<number> {
    const found = new Set<number>()
    for (const shard of shards)
      for (const tier of TIERS) for (const sku of this.#waiting[tier].get(shard)?.skus ?? []) found.add(sku)
    return found
  }

  /** Skus of a shard that the edge may have otherwise: they wait, or are held. */
  behindIn(shard: number): Set<number> {
    const found = this.waitingIn([shard])
    for (const tier of TIERS) for (const sku of this.#held[tier].get(shard)?.skus ?? []) found.add(sku)
    return found
  }

  /** Puts back what could not be delivered: it is due at once, and as old as it was. */
  putBack({ taken, wanted }: Pick<Batch, 'taken' | 'wanted'>): void {
    this.wantWhole(wanted)
    for (const tier of TIERS) {
      if (taken[tier].size > 0) this.#lastTaken[tier] = 0
      for (const [shard, { skus, since }] of taken[tier]) add(this.#waiting[tier], shard, skus, since)
    }
  }

  /** What the edge holds of a tier was true at this moment: now, or when the oldest waiting change was made. */
  trueAt(tier: Tier, now: Instant): Instant {
    return Math.min(now, oldestIn(this.#waiting[tier]), oldestIn(this.#held[tier]))
  }

  #takeHot(now: Instant, into: { hot: number[]; shards: Set<number>; taken: ByTier }): void {
    const { hot, shards, taken } = into
    for (const [shard, waiting] of oldestFirst(this.#waiting.A)) {
      if (hot.length >= HOT_ROWS_MAX) return
      if (waiting.skus.size > HOT_ROWS_PER_SHARD_MAX) {
        if (shards.size < SHARDS_MAX) shards.add(shard)
        continue
      }
      this.#waiting.A.delete(shard)
      for (const sku of waiting.skus) {
        if (!this.#mustTravel('A', sku, shard, waiting.since, now)) continue
        hot.push(sku)
        add(taken.A, shard, [sku], waiting.since)
        remove(this.#held.A, shard, sku)
      }
    }
  }

  #chooseShards(tier: Tier, shards: Set<number>, now: Instant): void {
    for (const [shard, { skus, since }] of oldestFirst(this.#waiting[tier])) {
      if (shards.has(shard)) continue
      if (shards.size >= SHARDS_MAX) return
      // One that has moved takes the others of its shard along, so nobody has to look at them.
      const isMoved = [...skus].some((sku) => this.#mustTravel(tier, sku, shard, since, now))
      if (isMoved) shards.add(shard)
      else this.#waiting[tier].delete(shard)
    }
  }

  /** Holds what stays within its band, unless it has been held for long enough. */
  #mustTravel(tier: Tier, sku: number, shard: number, since: Instant, now: Instant): boolean {
    const { band = 0, lowStock = band } = this.#ports.settings(tier)
    const isHeldEnough = since + this.#heldForMs(tier) <= now
    const movement = this.#ports.movement(sku, isHeldEnough ? NO_BAND : { band, lowStock })
    if (movement === 'small') add(this.#held[tier], shard, [sku], since)
    if (movement === 'none') remove(this.#held[tier], shard, sku)
    return movement === 'moved'
  }

  /** What has been held for long enough is due. */
  #letGo(tier: Tier, now: Instant): void {
    for (const [shard, { skus, since }] of this.#held[tier]) {
      if (since + this.#heldForMs(tier) > now) continue
      this.#held[tier].delete(shard)
      add(this.#waiting[tier], shard, skus, since)
    }
  }

  #takeShard(shard: number, taken: ByTier): void {
    for (const tier of TIERS) {
      for (const byShard of [this.#waiting[tier], this.#held[tier]]) {
        const it = byShard.get(shard)
        if (it) add(taken[tier], shard, it.skus, it.since)
        byShard.delete(shard)
      }
    }
  }

  #dueAt(tier: Tier): Instant {
    if (this.#waiting[tier].size === 0) return Number.POSITIVE_INFINITY
    const windowMs = this.#ports.windowMs(this.#ports.settings(tier))
    return Math.max(oldestIn(this.#waiting[tier]), this.#lastTaken[tier] + windowMs)
  }

  #heldForMs(tier: Tier): number {
    return heldForMs(this.#ports.settings(tier))
  }
}

const newByTier = (): ByTier => ({ A: new Map(), B: new Map(), C: new Map() })

function add(byShard: ByShard, shard: number, skus: Iterable<number>, since: Instant): void {
  const waiting = byShard.get(shard)
  if (!waiting) return void byShard.set(shard, { since, skus: new Set(skus) })
  waiting.since = Math.min(waiting.since, since)
  for (const sku of skus) waiting.skus.add(sku)
}

function remove(byShard: ByShard, shard: number, sku: number): void {
  const skus = byShard.get(shard)?.skus
  if (skus?.delete(sku) && skus.size === 0) byShard.delete(shard)
}

function oldestIn(byShard: ByShard): Instant {
  let oldest = Number.POSITIVE_INFINITY
  for (const { since } of byShard.values()) oldest = Math.min(oldest, since)
  return oldest
}

const oldestFirst = (byShard: ByShard): [number, Waiting][] =>
  [...byShard].sort(([, a], [, b]) => a.since - b.since)

function countIn(byTier: ByTier): number {
  let count = 0
  for (const tier of TIERS) for (const { skus } of byTier[tier].values()) count += skus.size
  return count
}
