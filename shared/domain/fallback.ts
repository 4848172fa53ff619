import * as z from 'zod'
import { Percent, percentOfRoundedUp } from './quantity.ts'

/** A hundred days: longer than anything that is still worth waiting for. */
export const MILLISECONDS_MAX = 8_640_000_000

export const FallbackAction = z.enum(['serve', 'buffer', 'exclude'])
export type FallbackAction = z.infer<typeof FallbackAction>

/**
 * What is done with stock whose source has gone silent: `serve` it and say so, `buffer` (hold a percentage back), or
 * `exclude` it.
 */
export const fallbackShape = { action: FallbackAction, percent: Percent.optional() }
export const hasItsPercent = ({ action, percent }: FallbackStep): boolean =>
  (action === 'buffer') === (percent !== undefined)
export const PERCENT_MISPLACED = {
  path: ['percent'],
  message: 'buffer needs a percentage to hold back, and the other actions have none',
}
export const FallbackStep = z.strictObject(fallbackShape).refine(hasItsPercent, PERCENT_MISPLACED)
export type FallbackStep = { readonly action: FallbackAction; readonly percent?: number | undefined }

/** Units held back of so many, rounded up: half a unit is not promised. */
export function heldBack(step: FallbackStep, units: number): number {
  if (step.action === 'serve' || units <= 0) return 0
  return step.action === 'exclude' ? units : percentOfRoundedUp(units, step.percent!)
}
