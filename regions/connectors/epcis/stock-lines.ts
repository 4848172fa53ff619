import { normaliseGtin } from '../../../shared/domain/gtin.ts'
import { type Decimal, plus, wholeDecimal } from '../../../shared/domain/decimal.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Codes, Refusal } from '../connector.ts'
import { malformed, unknownCode } from '../refusals.ts'
import { checkQuantity, counted, notNegative } from '../stated-quantity.ts'
import type { QuantityElement } from './epcis-event.ts'
import { readEpc, type TradeItem } from './gs1-keys.ts'

/** How much of one item, lot and unit an event is about. */
export type StockLine = {
  /** The document's own name of it, for ids. */
  readonly key: string
  readonly sku: string
  readonly lot: string | undefined
  readonly uom: string | undefined
  readonly quantity: number
}

export type StockLines = {
  readonly lines: readonly StockLine[]
  readonly refusals: readonly Refusal[]
  /** Pallets and crates named, whose contents the event doesn't tell. */
  readonly carriers: number
  readonly warnings: readonly string[]
}

const ONE = wholeDecimal(1)
/** GS1: a quantity without a unit is a number of pieces. */
const EACH = 'EA'

type Group = { id: string; item: TradeItem; unit: string; quantity: Result<Decimal, Refusal> }

/**
 * Pieces listed one by one count 1 each, classes count their quantity; what is of the same item, lot and unit is added up.
 * A line is right or refused as a whole: a part of it, under its id, would keep the rest out for good.
 */
export function stockLines(
  epcs: readonly string[],
  quantities: readonly QuantityElement[],
  codes: Codes,
  where: string,
): StockLines {
  const groups = new Map<string, Group>()
  let carriers = 0
  const add = (id: string, unit: string, quantity: (item: TradeItem) => Result<Decimal, Refusal>): void => {
    const item = readEpc(id)
    if (item.kind === 'carrier') return void carriers++
    const key = [item.gtin ?? id, item.lot, unit === EACH ? undefined : unit].filter(Boolean).join('/')
    const found = groups.get(key)
    groups.set(key, { id, item, unit, quantity: sumOf(found?.quantity, quantity(item)) })
  }
  for (const epc of new Set(epcs)) add(epc, EACH, (item) => onePiece(item, epc, where))
  for (const { epcClass, quantity, uom } of quantities) {
    const spot = `${where}, quantity of ${epcClass}`
    add(epcClass, uom ?? EACH, () => notNegative(checkQuantity(quantity, spot), spot))
  }
  const lines: StockLine[] = []
  const refusals: Refusal[] = []
  const warnings: string[] = []
  for (const [key, group] of groups) {
    const line = toLine(key, group, codes, where)
    if (line.ok) lines.push(line.value)
    else refusals.push(line.error)
    const { gtin } = group.item
    if (gtin !== null && normaliseGtin(gtin)?.checkDigitValid === false) {
      warnings.push(`${where}: the check digit of ${gtin} is wrong; it was taken as it is`)
    }
  }
  return { lines, refusals, carriers, warnings }
}

function onePiece(item: TradeItem, epc: string, where: string): Result<Decimal, Refusal> {
  if (item.isInstance) return ok(ONE)
  const detail = `${where}: ${epc} in epcList is a class, not a piece; its number belongs into quantityList`
  return err(malformed('class-in-epc-list', detail))
}

function sumOf(
  sum: Result<Decimal, Refusal> | undefined,
  more: Result<Decimal, Refusal>,
): Result<Decimal, Refusal> {
  if (sum === undefined || !more.ok) return more
  return sum.ok ? ok(plus(sum.value, more.value)) : sum
}

function toLine(
  key: string,
  { id, item, unit, quantity }: Group,
  codes: Codes,
  where: string,
): Result<StockLine, Refusal> {
  if (!quantity.ok) return quantity
  const sku = (item.gtin === null ? null : codes.sku(item.gtin)) ?? codes.sku(id)
  if (sku === null) return err(unknownCode('sku', item.gtin ?? id, where))
  const count = counted(codes, { sku, uom: codes.uom(unit) }, quantity.value, `${where}, quantity of ${id}`)
  return count.ok ? ok({ key, sku, lot: item.lot, ...count.value }) : count
}
