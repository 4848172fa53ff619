import {
  type Decimal,
  decimalOf,
  isLess,
  isNegative,
  magnitude,
  NOTHING,
  plus,
  textOf,
  unitsOf,
  wholeDecimal,
} from '../../shared/domain/decimal.ts'
import { QUANTITY_MAX } from '../../shared/domain/quantity.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { Codes, Refusal } from './connector.ts'
import { malformed } from './refusals.ts'

/** A quantity as text, exactly as it was stated; so that it can be summed before anyone knows of which item it is. */
export function readQuantity(text: string, where: string): Result<Decimal, Refusal> {
  const value = decimalOf(text)
  if (value) return withinRange(value, where)
  return err(malformed('not-a-number', `${where}: ${JSON.stringify(text.slice(0, 32))} is not a number`))
}

/**
 * The same for a JSON value, which has to be a number: a text such as `"3"` is another kind of mistake. A double prints as
 * the shortest text that it stands for, which of any quantity of goods is the text that was sent.
 */
export function checkQuantity(value: unknown, where: string): Result<Decimal, Refusal> {
  if (typeof value === 'number' && Number.isFinite(value)) {
    const stated = decimalOf(String(value))
    return stated ? withinRange(stated, where) : err(notWhole(String(value), where))
  }
  const seen = value === undefined ? 'nothing' : JSON.stringify(value)?.slice(0, 32)
  return err(malformed('not-a-number', `${where}: expected a number, found ${seen}`))
}

/** For what can't be less than nothing: stock counted, received, shipped. */
export function notNegative(quantity: Result<Decimal, Refusal>, where: string): Result<Decimal, Refusal> {
  if (!quantity.ok || !isNegative(quantity.value)) return quantity
  return err(malformed('negative-quantity', `${where}: ${textOf(quantity.value)} is less than nothing`))
}

/** How much of what: as an event says it. */
export type Counted = { readonly quantity: number; readonly uom: string | undefined }

/**
 * A stated quantity in the whole numbers that events count in: minor units of a measured item (2.5 KG with three decimals
 * is 2500), whole ones of anything else: half a case of 12 is 6 pieces. What is finer is refused, never rounded.
 */
export function counted(
  codes: Codes,
  { sku, uom }: { readonly sku: string; readonly uom: string | undefined },
  stated: Decimal,
  where: string,
): Result<Counted, Refusal> {
  const decimals = codes.decimals(sku, uom)
  const own = unitsOf(stated, decimals)
  const units = own ?? codes.baseUnits(sku, uom, stated)
  if (units === null) return err(notWhole(textOf(stated), where, decimals))
  const quantity = Number(units)
  if (Math.abs(quantity) > QUANTITY_MAX) return err(outOfRange(textOf(stated), where))
  // What counts minor units, or pieces of an opened case, is in no unit that the item has a name for.
  return ok({ quantity, uom: own !== null && decimals === 0 ? uom : undefined })
}

export const sumOf = (quantities: readonly Decimal[]): Decimal => quantities.reduce(plus, NOTHING)

const MOST = wholeDecimal(QUANTITY_MAX)

function withinRange(value: Decimal, where: string): Result<Decimal, Refusal> {
  return isLess(MOST, magnitude(value)) ? err(outOfRange(textOf(value), where)) : ok(value)
}

const outOfRange = (text: string, where: string): Refusal => ({
  class: 'unit',
  code: 'out-of-range',
  detail: `${where}: ${text.slice(0, 32)} is beyond ${QUANTITY_MAX}`,
})

const notWhole = (text: string, where: string, decimals = 0): Refusal => ({
  class: 'unit',
  code: 'not-whole',
  detail: `${where}: ${text.slice(0, 32)} is not a whole number${
    decimals === 0 ? '' : ` of the ${decimals} decimals that the item has`
  }; it is never rounded. Send a smaller unit`,
})
