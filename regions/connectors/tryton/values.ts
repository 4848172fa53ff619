import * as z from 'zod'
import { dayOf, type Instant } from '../../../shared/kernel/clock.ts'

/**
 * Tryton's JSON carries what JSON has no word for as `{"__class__": …}`. Its dates are days of the company's calendar.
 */
type TrytonDate = {
  readonly __class__: 'date'
  readonly year: number
  readonly month: number
  readonly day: number
}

/** A number as its digits: prices, never quantities, which Tryton keeps as floats. */
export const TrytonDecimal = z.object({
  __class__: z.literal('Decimal'),
  decimal: z
    .string()
    .max(64)
    .regex(/^-?\d+(\.\d+)?(E[+-]?\d{1,2})?$/),
})

/** The UTC day of an Instant. */
export function dateOf(at: Instant): TrytonDate {
  const [year, month, day] = dayOf(at).split('-').map(Number) as [number, number, number]
  return { __class__: 'date', year, month, day }
}
