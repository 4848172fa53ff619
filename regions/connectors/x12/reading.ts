import { type Decimal, isEqual, textOf } from '../../../shared/domain/decimal.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Refusal } from '../connector.ts'
import { controlTotal } from '../refusals.ts'
import { notNegative, readQuantity, sumOf } from '../stated-quantity.ts'
import type { Line } from './lines.ts'
import { type Place, placeOf } from './place.ts'
import { at, type Segment } from './tokenize.ts'
import { componentsOf } from './warehouse-line.ts'

/** One figure of an 846: how much of what kind (QTY-01), and at which place if the line says so. */
export type Reading = {
  readonly qualifier: string
  readonly quantity: Result<Decimal, Refusal>
  readonly unit: string
  readonly places: readonly Place[]
}

/** The places that a run of quantities shares, told before them or after; and those of the run before. */
type Scope = { own: readonly Place[]; readonly before: readonly Place[] }
type Group = { readonly qty: Segment; readonly schedules: Segment[]; readonly scope: Scope }

/**
 * The figures of one LIN. A place may stand before its quantities or after them, and whichever the line does first is how
 * the whole line does it:
 *
 *   N1*WH*A  QTY*33*5  N1*WH*B  QTY*33*7         before
 *   QTY*17*9  QTY*33*5  REF*ZZ*A                 after
 *   QTY*33*8  SCH*2*EA*WH*A  SCH*6*EA*WH*B       per warehouse; QTY is their sum, and is not counted again
 */
export function readingsOf(line: Line, set: string, where: string): Result<readonly Reading[], Refusal> {
  const groups = groupsOf(line, set)
  const readings: Reading[] = []
  for (const group of groups) {
    const split = splitOf(group, where)
    if (!split.ok) return split
    readings.push(...split.value)
  }
  return ok(readings)
}

function groupsOf(line: Line, set: string): Group[] {
  const groups: Group[] = []
  let isPlaceFirst: boolean | null = null
  let scope: Scope = { own: [], before: [] }
  for (const segment of line.body) {
    if (segment.name === 'QTY') {
      isPlaceFirst ??= false
      if (!isPlaceFirst && scope.own.length > 0) scope = { own: [], before: scope.own }
      groups.push({ qty: segment, schedules: [], scope })
    } else if (segment.name === 'SCH') groups.at(-1)?.schedules.push(segment)
    else {
      const found = placeOf(segment, set)
      if (found === null) continue
      isPlaceFirst ??= true
      const own = found.isWarehouse ? [found] : [...scope.own.filter((it) => it.isWarehouse), found]
      if (isPlaceFirst) scope = { own, before: [] }
      else scope.own = own
    }
  }
  return groups
}

function splitOf({ qty, schedules, scope }: Group, where: string): Result<readonly Reading[], Refusal> {
  const places = [...scope.own, ...scope.before]
  const qualifier = at(qty, 1)
  const unit = componentsOf(qty, 3)[0]!
  const spot = `${where}, QTY*${qualifier}`
  const total = notNegative(readQuantity(at(qty, 2), spot), spot)
  // SCH without a place is a schedule in time, not a split.
  const rows = schedules.filter((it) => at(it, 3) !== '' && at(it, 4) !== '')
  if (rows.length === 0) return ok([{ qualifier, quantity: total, unit, places }])
  const readings = rows.map((row) => splitRow(row, qualifier, spot))
  const otherUnit = readings.find((it) => it.unit !== '' && unit !== '' && it.unit !== unit)
  if (otherUnit) {
    const detail = `${spot}: counted in ${unit}, but split in ${otherUnit.unit}`
    return err({ class: 'unit', code: 'mixed-units', detail })
  }
  if (total.ok && readings.every((it) => it.quantity.ok)) {
    const sum = sumOf(readings.flatMap((it) => (it.quantity.ok ? [it.quantity.value] : [])))
    if (!isEqual(sum, total.value)) {
      const says = `${spot} says ${textOf(total.value)}`
      return err(controlTotal(`${says}, its ${rows.length} SCH rows add up to ${textOf(sum)}`))
    }
  }
  return ok(readings.map((it) => ({ ...it, unit: it.unit || unit })))
}

function splitRow(row: Segment, qualifier: string, spot: string): Reading {
  const rowSpot = `${spot}, SCH ${at(row, 4)}`
  const quantity = notNegative(readQuantity(at(row, 1), rowSpot), rowSpot)
  return {
    qualifier,
    quantity,
    unit: componentsOf(row, 2)[0]!,
    places: [{ codes: [at(row, 4)], isWarehouse: true }],
  }
}
