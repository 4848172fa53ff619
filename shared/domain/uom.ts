import { err, ok, type Result } from '../kernel/result.ts'
import { QUANTITY_MAX } from './quantity.ts'

export type UomRefusal = {
  readonly code: 'unknown-unit' | 'not-exact' | 'out-of-range'
  readonly detail: string
}

/** The units an item is known by: `factors.CASE = 12` says that one CASE is 12 of the base unit. */
export type Units = { readonly baseUom: string; readonly uoms?: Readonly<Record<string, number>> | undefined }

/** X12 and UN/ECE codes that name the same single unit as EA. */
const EACH = new Set(['EA', 'EACH', 'PCE', 'PC', 'C62', 'H87', 'UN'])

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
  const base = quantity * factor
  if (!Number.isFinite(base) || Math.abs(base) > QUANTITY_MAX) {
    return err({
      code: 'out-of-range',
      detail: `${quantity} ${uom ?? units.baseUom} is beyond ${QUANTITY_MAX} ${units.baseUom}`,
    })
  }
  if (!Number.isSafeInteger(base)) {
    return err({
      code: 'not-exact',
      detail: `${quantity} ${uom ?? units.baseUom} is not a whole number of ${units.baseUom}`,
    })
  }
  return ok(base)
}

function factorOf(uom: string | undefined, units: Units): number | undefined {
  if (uom === undefined || uom === units.baseUom) return 1
  if (units.uoms && Object.hasOwn(units.uoms, uom)) return units.uoms[uom]
  return EACH.has(uom) && EACH.has(units.baseUom) ? 1 : undefined
}

const unitNames = (units: Units): string => [units.baseUom, ...Object.keys(units.uoms ?? {})].join(', ')
