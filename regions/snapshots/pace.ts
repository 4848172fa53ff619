import type { TierSettings } from '../../shared/domain/tier.ts'

/** Of a tier's freshness a quarter at most goes into waiting for an edge that is slow. */
const SLOWED_SHARE_MAX = 4

/** A change within its band is held for half of its tier's freshness: then it is told, and no answer turns stale for it. */
export const heldForMs = ({ freshForMs }: TierSettings): number => freshForMs / 2

/**
 * How fast the edge takes pushes. When they take long, windows grow, so that more changes share a push and at least half
 * of the time the edge is left to its readers; when they are quick again, windows shrink to what was set.
 */
export class Pace {
  #pushMs = 0

  /** Slowness is believed at once, quickness only after a few pushes. */
  noteMs(tookMs: number): void {
    this.#pushMs = Math.max(tookMs, 0.8 * this.#pushMs + 0.2 * tookMs)
  }

  get pushMs(): number {
    return Math.round(this.#pushMs)
  }

  windowMs({ windowMs, freshForMs }: TierSettings): number {
    return Math.max(windowMs, Math.min(2 * this.#pushMs, freshForMs / SLOWED_SHARE_MAX))
  }
}
