import * as z from 'zod'

/** A: constrained, promotional, fast. C: slow. */
export const Tier = z.enum(['A', 'B', 'C'])
export type Tier = z.infer<typeof Tier>

export const TIER_DEFAULT: Tier = 'B'

export type TierSettings = {
  /** How long changes of a sku are gathered before they travel to the edge. The first after quiet goes at once. */
  readonly windowMs: number
  /** How old an answer may be and still call itself fresh. */
  readonly freshForMs: number
  /** Changes of so many units or less may wait for half of `freshForMs`; none does where there is no band. */
  readonly band?: number | undefined
  /** A figure of so many units or less is always told exactly; as many as the band where it is not said. */
  readonly lowStock?: number | undefined
  /** How often its positions are reconciled, and so how long a fact may be on its way before it is missed. */
  readonly reconcileEveryMs?: number | undefined
}

export const RECONCILE_EVERY_MS_DEFAULT: Readonly<Record<Tier, number>> = { A: 15_000, B: 60_000, C: 300_000 }

export const TIER_SETTINGS_DEFAULT: Readonly<Record<Tier, TierSettings>> = {
  A: { windowMs: 250, freshForMs: 5_000 },
  B: { windowMs: 2_000, freshForMs: 30_000 },
  C: { windowMs: 10_000, freshForMs: 120_000 },
}
