import * as z from 'zod'
import { err, ok, type Result } from '../kernel/result.ts'
import type { Decimal } from './decimal.ts'
import { QUANTITY_MAX } from './quantity.ts'

export type UomRefusal = {
  readonly code: 'unknown-unit' | 'not-exact' | 'out-of-range'
  readonly detail: string
}

const FACTOR_MAX = 1_000_000
const Part = z.number().int().min(1).max(1_000_000_000)

/**
 * How many of the base unit one of a unit is: 12, or a ratio of whole numbers where it is not whole. A POUND of a base unit of
 * 1 g is `{numerator: 45359237, denominator: 100000}`.
 */
export const UomFactor = z.union([
  z.number().int().min(1).max(FACTOR_MAX),
  z.strictObject({ numerator: Part, denominator: Part }),
])
export type UomFactor = z.infer<typeof UomFactor>

/** The units an item is known by: `uoms.CASE = 12` says that one CASE is 12 of the base unit. */
export type Units = {
  readonly baseUom: string
  readonly uoms?: Readonly<Record<string, UomFactor>> | undefined
}

/** Names of one unit: as people write it, and as UN/ECE Recommendation 20 (GS1, EDIFACT) and X12 code it. */
const SAME_UNIT = [
  ['EA', 'EACH', 'PCE', 'PC', 'C62', 'H87', 'UN'],
  ['KG', 'kg', 'KGM'],
  ['G', 'g', 'GRM'],
  ['LB', 'lb', 'LBR'],
  ['L', 'l', 'LTR'],
  ['M', 'm', 'MTR'],
] as const
const UNIT_BY_NAME = new Map<string, string>(
  SAME_UNIT.flatMap((names) => names.map((name) => [name, names[0]])),
)

const isSameUnit = (a: string, b: string): boolean =>
  a === b || (UNIT_BY_NAME.has(a) && UNIT_BY_NAME.get(a) === UNIT_BY_NAME.get(b))

/** A source's quantity in base units, or the refusal that keeps it from being rounded. `uom` absent means base unit. */
export function toBaseUnits(
  quantity: number,
  uom: string | undefined,
  units: Units,
): Result<number, UomRefusal> {
  const factor = factorOf(uom, units)
  if (factor === undefined) {
    return err({ code: 'unknown-unit', detail: `the item has no unit ${uom}; it has ${unitNames(units)}` })
  }
  const refused = (code: 'out-of-range' | 'not-exact', why: string): Result<number, UomRefusal> =>
    err({ code, detail: `${quantity} ${uom ?? units.baseUom} is ${why} ${units.baseUom}` })
  const outOfRange = (): Result<number, UomRefusal> => refused('out-of-range', `beyond ${QUANTITY_MAX}`)
  const notExact = (): Result<number, UomRefusal> => refused('not-exact', 'not a whole number of')
  if (!Number.isFinite(quantity) || Math.abs(quantity) > Number.MAX_SAFE_INTEGER) return outOfRange()
  if (!Number.isInteger(quantity)) return notExact()
  // Nearly all is stated in the base unit.
  if (factor === 1) return Math.abs(quantity) > QUANTITY_MAX ? outOfRange() : ok(quantity)
  const { numerator, denominator } =
    typeof factor === 'number' ? { numerator: factor, denominator: 1 } : factor
  const product = BigInt(quantity) * BigInt(numerator)
  if (product % BigInt(denominator) !== 0n) return notExact()
  const base = Number(product / BigInt(denominator))
  return Math.abs(base) > QUANTITY_MAX ? outOfRange() : ok(base)
}

/** A decimal number of a unit in base units: 2.5 CASE of 12 are 30. Null where that is not whole, or the unit unknown. */
export function wholeBaseUnits(
  { units, scale }: Decimal,
  uom: string | undefined,
  item: Units,
): bigint | null {
  const factor = factorOf(uom, item)
  if (factor === undefined) return null
  const { numerator, denominator } =
    typeof factor === 'number' ? { numerator: factor, denominator: 1 } : factor
  const [product, divisor] = [units * BigInt(numerator), BigInt(denominator) * 10n ** BigInt(scale)]
  return product % divisor === 0n ? product / divisor : null
}

export const hasUnit = (units: Units, uom: string): boolean => factorOf(uom, units) !== undefined

/** The item's own name for a unit comes before any other name of it. */
function factorOf(uom: string | undefined, units: Units): UomFactor | undefined {
  if (isBaseUnit(units, uom)) return 1
  const { uoms = {} } = units
  if (Object.hasOwn(uoms, uom!)) return uoms[uom!]
  const named = Object.keys(uoms).find((it) => isSameUnit(it, uom!))
  return named === undefined ? undefined : uoms[named]
}

/** Under its own name, none, or another that means the same. */
export function isBaseUnit({ baseUom, uoms }: Units, uom: string | undefined): boolean {
  if (uom === undefined || uom === baseUom) return true
  return isSameUnit(uom, baseUom) && !(uoms && Object.hasOwn(uoms, uom))
}

const unitNames = (units: Units): string => [units.baseUom, ...Object.keys(units.uoms ?? {})].join(', ')
