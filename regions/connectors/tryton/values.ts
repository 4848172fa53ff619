import * as z from 'zod'
import { dayOf, formatInstant, type Instant, parseInstant } from '../../../shared/kernel/clock.ts'

/** Tryton's JSON carries what JSON has no word for as `{"__class__": …}`. Its dates are days of the company's calendar. */
export const TrytonDate = z.object({
  __class__: z.literal('date'),
  year: z.number().int(),
  month: z.number().int(),
  day: z.number().int(),
})
type TrytonDate = z.infer<typeof TrytonDate>

/** UTC, to the microsecond: when the transaction that wrote a row began. */
export const TrytonDateTime = z.object({
  __class__: z.literal('datetime'),
  year: z.number().int(),
  month: z.number().int(),
  day: z.number().int(),
  hour: z.number().int(),
  minute: z.number().int(),
  second: z.number().int(),
  microsecond: z.number().int().min(0).max(999_999),
})
type TrytonDateTime = z.infer<typeof TrytonDateTime>

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

export function dateTimeOf(at: Instant): TrytonDateTime {
  const text = formatInstant(at)
  const [hour, minute, second, ms] = text.slice(11, 23).split(/[:.]/).map(Number) as [
    number,
    number,
    number,
    number,
  ]
  return { ...dateOf(at), __class__: 'datetime', hour, minute, second, microsecond: ms * 1000 }
}

const digits = (value: number, width: number): string => String(value).padStart(width, '0')

/** The first moment of a day, as UTC has it. Null for a day that no calendar has. */
export const dayStart = ({ year, month, day }: TrytonDate): Instant | null =>
  parseInstant(`${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T00:00:00.000Z`)

export function momentOf({ hour, minute, second, microsecond, ...date }: TrytonDateTime): Instant | null {
  const day = `${digits(date.year, 4)}-${digits(date.month, 2)}-${digits(date.day, 2)}`
  const time = `${digits(hour, 2)}:${digits(minute, 2)}:${digits(second, 2)}`
  return parseInstant(`${day}T${time}.${digits(Math.floor(microsecond / 1000), 3)}Z`)
}

/** What every row says of itself. A row that was never changed has no write date. */
export const Stamped = {
  id: z.number().int(),
  write_date: TrytonDateTime.nullable(),
  create_date: TrytonDateTime.nullable(),
}

/** When a row became what it is. */
export function stampOf(row: {
  readonly write_date: TrytonDateTime | null
  readonly create_date: TrytonDateTime | null
}): Instant | null {
  const stamp = row.write_date ?? row.create_date
  return stamp && momentOf(stamp)
}
