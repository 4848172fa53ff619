import * as z from 'zod'

/** A quantity in Walmart's forms: `{unit, amount}`, or the number alone. An amount may be a text. */
export const Quantity = z.union([
  z.number(),
  z.object({
    amount: z.union([z.number(), z.string().max(32)]).nullish(),
    unit: z.string().nullish(),
    unitOfMeasurement: z.string().nullish(),
  }),
])
export type Quantity = z.infer<typeof Quantity>

/** As a number where it can be one; a text that is none is handed on, to be refused by name. */
export function amountOf(quantity: Quantity | null | undefined): unknown {
  const amount = typeof quantity === 'object' ? quantity?.amount : quantity
  return typeof amount === 'string' && /^-?\d{1,15}(\.\d{1,6})?$/.test(amount) ? Number(amount) : amount
}

/** EACH is a piece, of whatever the item is counted in. */
export function unitOf(quantity: Quantity | null | undefined): string | undefined {
  if (typeof quantity !== 'object' || quantity === null) return undefined
  const unit = quantity.unit ?? quantity.unitOfMeasurement ?? ''
  return unit === '' || /^each$/i.test(unit) ? undefined : unit
}

/** A list, or the one of it that Walmart sends without one. */
export const listOf = <T extends z.ZodType>(one: T) =>
  z.union([z.array(one), one.transform((it) => [it])]) as z.ZodType<z.infer<T>[]>
