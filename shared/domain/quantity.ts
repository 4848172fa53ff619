import * as z from 'zod'

/** So that a sum over every node and line of an item stays an exact integer in a double. */
export const QUANTITY_MAX = 1_000_000_000_000

/** An integer that no double holds comes as its digits (`parseBoundedJson`): what is wrong with it is how large it is. */
const whole = z
  .number({
    error: ({ input }) =>
      typeof input === 'string' && /^-?\d{16,}$/.test(input)
        ? `at most ${QUANTITY_MAX} either way`
        : undefined,
  })
  .int()

/** Whole units of the item's base unit (minor units where the item declares `decimals`). Never a float. */
export const Quantity = whole.min(0).max(QUANTITY_MAX)
export const PositiveQuantity = whole.min(1).max(QUANTITY_MAX)
export const SignedQuantity = whole
  .min(-QUANTITY_MAX)
  .max(QUANTITY_MAX)
  .refine((n) => n !== 0, 'an adjustment of 0 says nothing')
export const Percent = z.number().int().min(0).max(100)

/**
 * No figure is larger: so that a few of them can be added and still be exact. A quantity that would be is cut down to it:
 * of supply less is offered than there is, and demand of so much leaves nothing anyway.
 */
export const FIGURE_MAX = 2 ** 50 - 1

export const asFigure = (units: number): number => Math.max(-FIGURE_MAX, Math.min(FIGURE_MAX, units))

/**
 * So many percent of units (none negative), rounded down; exact for every safe integer, where a product with the percent
 * would not be.
 */
export const percentOf = (units: number, percent: number): number =>
  Math.floor(units / 100) * percent + Math.floor(((units % 100) * percent) / 100)

/** The same rounded up. */
export const percentOfRoundedUp = (units: number, percent: number): number =>
  Math.floor(units / 100) * percent + Math.ceil(((units % 100) * percent) / 100)
