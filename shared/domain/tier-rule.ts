import * as z from 'zod'
import type { Tier } from './tier.ts'

/** Days of shipments that velocity is taken from; the ledger keeps no more. */
export const VELOCITY_DAYS_MAX = 14

/**
 * Puts an item into a tier by how fast it sells and how long it will last: so one that starts to run out moves to A by
 * itself. `a` is looked at before `c`; an item that meets neither keeps the tier it was given.
 */
export const TierRule = z.strictObject({
  /** Over so many whole UTC days back, today included. */
  velocityDays: z.number().int().min(1).max(VELOCITY_DAYS_MAX).default(7),
  a: z
    .strictObject({
      /** Cover, in days of stock at the present velocity, at or under this. */
      coverDaysMax: z.number().int().min(0).max(3650).optional(),
      unitsPerDayMin: z.number().int().min(1).optional(),
    })
    .optional(),
  c: z.strictObject({ unitsPerDayMax: z.number().int().min(0) }).optional(),
})
export type TierRule = z.infer<typeof TierRule>

/** The tier that a rule gives an item, or null. Whole-number arithmetic: units a day is compared, never divided. */
export function tierByRule(
  rule: TierRule,
  { shipped, sellable }: { readonly shipped: number; readonly sellable: number },
): Tier | null {
  const days = rule.velocityDays
  const { coverDaysMax, unitsPerDayMin } = rule.a ?? {}
  if (unitsPerDayMin !== undefined && shipped >= unitsPerDayMin * days) return 'A'
  // cover = sellable ÷ (shipped ÷ days); what nobody buys never runs out.
  if (coverDaysMax !== undefined && shipped > 0 && Math.max(0, sellable) * days <= coverDaysMax * shipped)
    return 'A'
  if (rule.c !== undefined && shipped <= rule.c.unitsPerDayMax * days) return 'C'
  return null
}
