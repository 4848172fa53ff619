import type { CanonicalEvent, Disposition } from '../../../shared/contract/events.ts'
import { type Decimal, isNegative, isZero, magnitude } from '../../../shared/domain/decimal.ts'
import type { Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { take } from '../translation.ts'
import { counted, readQuantity } from '../stated-quantity.ts'
import { parseDay } from './business-time.ts'
import { type Line, linesOf } from './lines.ts'
import { placesIn } from './place.ts'
import { noLines } from './reporting-code.ts'
import { at, type Segment } from './tokenize.ts'
import { readWarehouseLine, type WarehouseLine, whereOf } from './warehouse-line.ts'
import { find, timeOf, type Work } from './work.ts'

type Move = { readonly from: Disposition; readonly to: Disposition }

/**
 * Reasons (element 181) that change a state and not the total. They say the direction themselves, so the sign in W19-02,
 * which partners write either way with them, is left aside. Only AC doesn't: minus takes out of sale, plus puts back.
 */
const MOVES: Readonly<Record<string, Move>> = {
  '05': { from: 'sellable', to: 'quarantined' },
  '08': { from: 'sellable', to: 'quarantined' },
  '55': { from: 'quarantined', to: 'sellable' },
  '88': { from: 'quarantined', to: 'sellable' },
  AU: { from: 'sellable', to: 'damaged' },
}
const CONDITION_CHANGE = 'AC'

const REASONS: Readonly<Record<string, string>> = {
  '03': 'shipment greater than previously reported',
  '04': 'receipt less than previously reported',
  '06': 'book adjustment decrease',
  '07': 'product dumped or destroyed',
  51: 'unable-to-locate product located',
  52: 'rework of damaged product',
  53: 'shipment less than previously reported',
  54: 'receipt greater than previously reported',
  56: 'book adjustment increase',
  AA: 'physical count',
  AB: 'accounting error',
  AH: 'other',
  AI: 'disaster',
  AR: 'order shipment error',
  AV: 'damaged in transit',
  AW: 'product recall',
  AX: 'shelf-life obsolescence',
  AY: 'receipt error',
  CD: 'product donation',
  CR: 'customer return',
}

/**
 * Warehouse Inventory Adjustment Advice.
 *   W15  01 day  02 warehouse's number  03 depositor's number
 *   W19  01 reason  02 quantity with its sign, applied once  03 unit  05/06, 07/08 item  09 lot
 */
export function map947(work: Work): void {
  const { segments, set } = work.transaction
  const { header, lines } = linesOf(segments, 'W19')
  if (lines.length === 0) return noLines(work, 'W19')
  const { day, number } = readHeader(find(segments, 'W15'))
  const places = placesIn(header, set)
  for (const line of lines) {
    const quantity = readQuantity(at(line.head, 2), `${whereOf(work, line)}, W19-02`)
    if (!quantity.ok) work.draft.refusals.push(quantity.error)
    else if (isZero(quantity.value))
      work.draft.warnings.push(`${whereOf(work, line)}: an adjustment of 0 says nothing`)
    else {
      const read = readWarehouseLine(work, line, places)
      take(work.draft, read.ok ? adjustment(work, { day, number }, read.value, line, quantity.value) : read)
    }
  }
}

type Header = { readonly day: string; readonly number: string }

/** The day is looked for, as some partners put a code before it. */
function readHeader(w15: Segment | undefined): Header {
  const words = w15?.elements.slice(1) ?? []
  const dayAt = words.slice(0, 3).findIndex((word) => parseDay(word) !== null)
  return { day: words[dayAt] ?? '', number: words.find((word, n) => n !== dayAt && word.length > 1) ?? '' }
}

function adjustment(
  work: Work,
  { day, number }: Header,
  { sku, node, lot, uom, where, number: lineNumber }: WarehouseLine,
  line: Line,
  signed: Decimal,
): Result<CanonicalEvent, Refusal> {
  const reason = at(line.head, 1)
  const move = moveOf(reason, signed)
  const isLoss = move ? move.from === 'sellable' : isNegative(signed)
  const common = {
    id: `${work.idPrefix}/${number}/line/${lineNumber}`,
    source: work.source,
    at: timeOf(work, day, '', isLoss ? 'end' : 'start'),
    subject: sku,
    businesskey: number ? `947/${number}/line/${lineNumber}` : undefined,
  }
  const count = counted(work.codes, { sku, uom }, move ? magnitude(signed) : signed, where)
  if (!count.ok) return count
  const item = { sku, node, lot, ...count.value }
  if (move) {
    const data = { ...item, ...move }
    return canonicalEvent({ ...common, type: 'plimsoll.stock.moved', data }, where)
  }
  const words = Object.hasOwn(REASONS, reason) ? `947 ${reason} ${REASONS[reason]}` : `947 ${reason}`
  const data = { ...item, reason: words }
  return canonicalEvent({ ...common, type: 'plimsoll.stock.adjusted', data }, where)
}

function moveOf(reason: string, signed: Decimal): Move | null {
  if (reason === CONDITION_CHANGE) return isNegative(signed) ? MOVES['05']! : MOVES['55']!
  return Object.hasOwn(MOVES, reason) ? MOVES[reason]! : null
}
