import type { EdgeDelays as Told } from '../../shared/contract/edge-api.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { percentile } from '../../shared/kernel/percentile.ts'
import type { Batch } from './compactor.ts'

/** The latest of each tier: some minutes under load, and sorted in well under a millisecond. */
const KEPT_MAX = 1_000

/** How long changes take from the ledger to the edge's answer that it has them, by tier: their window is part of it. */
export class EdgeDelays {
  readonly #latest: Readonly<Record<Tier, number[]>> = { A: [], B: [], C: [] }

  /** A push that the edge has taken at this moment. Of what waited in one shard, the oldest tells for all. */
  note({ taken }: Pick<Batch, 'taken'>, now: Instant): void {
    for (const [tier, delays] of Object.entries(this.#latest) as [Tier, number[]][]) {
      for (const { since } of taken[tier].values()) delays.push(Math.max(0, now - since))
      if (delays.length > KEPT_MAX) delays.splice(0, delays.length - KEPT_MAX)
    }
  }

  view(): Told {
    return { A: viewOf(this.#latest.A), B: viewOf(this.#latest.B), C: viewOf(this.#latest.C) }
  }
}

function viewOf(delays: readonly number[]): Told[Tier] {
  if (delays.length === 0) return null
  const sorted = delays.toSorted((a, b) => a - b)
  return {
    changes: sorted.length,
    p50Ms: percentile(sorted, 0.5),
    p95Ms: percentile(sorted, 0.95),
    p99Ms: percentile(sorted, 0.99),
  }
}
