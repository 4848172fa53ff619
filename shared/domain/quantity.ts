import * as z from 'zod'

/** So that a sum over every node and line of an item stays an exact integer in a double. */
export const QUANTITY_MAX = 1_000_000_000_000

/** Whole units of the item's base unit (minor units where the item declares `decimals`). Never a float. */
export const Quantity = z.number().int().min(0).max(QUANTITY_MAX)
export const PositiveQuantity = z.number().int().min(1).max(QUANTITY_MAX)
export const SignedQuantity = z
  .number()
  .int()
  .min(-QUANTITY_MAX)
  .max(QUANTITY_MAX)
  .refine((n) => n !== 0, 'an adjustment of 0 says nothing')
export const Percent = z.number().int().min(0).max(100)
