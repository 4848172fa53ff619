import type { Tier, TierSettings } from '../../shared/domain/tier.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { heldForMs } from '../snapshots/pace.ts'

const TIERS = ['A', 'B', 'C'] as const

/** `since`: when its figure may first have changed. `exactly`: it was held back for long enough. */
export type DueSku = {
  readonly sku: number
  readonly tier: Tier
  readonly since: Instant
  readonly exactly: boolean
}

/**
 * Skus that channels may have to be told of, as many as there are skus and no more: the first change after quiet is due at
 * once, those of one window of their tier together, and what stays within its band when half of its freshness is over.
 */
export class DueSkus {
  readonly #settings: (tier: Tier) => TierSettings
  /** In the order in which they came: the oldest first. */
  readonly #waiting = byTier()
  readonly #held = byTier()
  readonly #lastTaken: Record<Tier, Instant> = { A: 0, B: 0, C: 0 }

  constructor(settings: (tier: Tier) => TierSettings) {
    this.#settings = settings
  }

  mark(sku: number, tier: Tier, now: Instant): void {
    if (!this.#waiting[tier].has(sku)) this.#waiting[tier].set(sku, now)
  }

  /** It has moved, but so little that it may wait. */
  hold({ sku, tier, since }: DueSku): void {
    if (!this.#held[tier].has(sku)) this.#held[tier].set(sku, since)
  }

  letGo({ sku, tier }: DueSku): void {
    this.#held[tier].delete(sku)
  }

  /** What could not be told: due at once, and as old as it was. */
  putBack({ sku, tier, since }: DueSku): void {
    this.#waiting[tier].set(sku, since)
    this.#lastTaken[tier] = 0
  }

  /** At most so many that are due, tier A first. */
  take(now: Instant, most: number): DueSku[] {
    const taken: DueSku[] = []
    for (const tier of TIERS) {
      const settings = this.#settings(tier)
      for (const [sku, since] of this.#held[tier]) {
        if (taken.length >= most || since + heldForMs(settings) > now) break
        taken.push({ sku, tier, since, exactly: true })
        this.#held[tier].delete(sku)
        this.#waiting[tier].delete(sku)
      }
      if (this.#waiting[tier].size === 0 || now < this.#lastTaken[tier] + settings.windowMs) continue
      for (const [sku, since] of this.#waiting[tier]) {
        if (taken.length >= most) return taken
        taken.push({ sku, tier, since, exactly: false })
        this.#waiting[tier].delete(sku)
      }
      // What did not fit stays due; otherwise the window begins anew.
      this.#lastTaken[tier] = now
    }
    return taken
  }
}

const byTier = (): Record<Tier, Map<number, Instant>> => ({ A: new Map(), B: new Map(), C: new Map() })
