import type { Tier } from '../../shared/domain/tier.ts'
import type { Instant } from '../../shared/kernel/clock.ts'

const TIERS = ['A', 'B', 'C'] as const

type Waiting = { readonly skus: Set<number>; since: Instant; lastTaken: Instant }

/**
 * Skus whose figures may have changed and have not travelled yet, by tier. The first change after quiet goes at once;
 * under load a tier's changes of one window go together. What waits is bounded by the number of skus, not of events.
 */
export class DirtySkus {
  readonly #waiting: Record<Tier, Waiting> = { A: newWaiting(), B: newWaiting(), C: newWaiting() }
  readonly #windowMs: (tier: Tier) => number

  constructor(windowMs: (tier: Tier) => number) {
    this.#windowMs = windowMs
  }

  mark(sku: number, tier: Tier, now: Instant): void {
    const waiting = this.#waiting[tier]
    if (waiting.skus.size === 0) waiting.since = now
    waiting.skus.add(sku)
  }

  get size(): number {
    return TIERS.reduce((sum, tier) => sum + this.#waiting[tier].skus.size, 0)
  }

  *skus(): Generator<number> {
    for (const tier of TIERS) yield* this.#waiting[tier].skus
  }

  /** Milliseconds until something is due; null when nothing waits. */
  dueIn(now: Instant): number | null {
    const dues = TIERS.filter((tier) => this.#waiting[tier].skus.size > 0).map(
      (tier) => this.#dueAt(tier) - now,
    )
    return dues.length === 0 ? null : Math.max(0, Math.min(...dues))
  }

  /** Takes what is due, by tier. */
  take(now: Instant): ReadonlyMap<Tier, { readonly skus: ReadonlySet<number>; readonly since: Instant }> {
    const taken = new Map<Tier, { skus: Set<number>; since: Instant }>()
    for (const tier of TIERS) {
      const waiting = this.#waiting[tier]
      if (waiting.skus.size === 0 || this.#dueAt(tier) > now) continue
      taken.set(tier, { skus: new Set(waiting.skus), since: waiting.since })
      waiting.skus.clear()
      waiting.lastTaken = now
    }
    return taken
  }

  /** Puts back what could not be delivered: it is due at once, and as old as it was. */
  putBack(taken: ReturnType<DirtySkus['take']>): void {
    for (const [tier, { skus, since }] of taken) {
      const waiting = this.#waiting[tier]
      waiting.since = waiting.skus.size === 0 ? since : Math.min(since, waiting.since)
      for (const sku of skus) waiting.skus.add(sku)
    }
  }

  /** What the edge holds of a tier was true at this moment: now, or when the oldest waiting change was made. */
  trueAt(tier: Tier, now: Instant): Instant {
    const waiting = this.#waiting[tier]
    return waiting.skus.size === 0 ? now : Math.min(now, waiting.since)
  }

  #dueAt(tier: Tier): Instant {
    const { since, lastTaken } = this.#waiting[tier]
    return Math.max(since, lastTaken + this.#windowMs(tier))
  }
}

const newWaiting = (): Waiting => ({ skus: new Set(), since: 0, lastTaken: 0 })
