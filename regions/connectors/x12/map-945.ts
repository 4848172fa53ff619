import type { CanonicalEvent } from '../../../shared/contract/events.ts'
import { type Decimal, isEqual, isZero, magnitude, minus, textOf } from '../../../shared/domain/decimal.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { malformed } from '../refusals.ts'
import { take } from '../translation.ts'
import { counted, notNegative, readQuantity, sumOf } from '../stated-quantity.ts'
import { addsUp } from './control-total.ts'
import { type Line, linesOf } from './lines.ts'
import { placesIn } from './place.ts'
import { isSimulation, noLines } from './reporting-code.ts'
import { at, type Segment } from './tokenize.ts'
import { readWarehouseLine, type WarehouseLine, whereOf } from './warehouse-line.ts'
import { find, orderRefOf, timeOf, usableRef, type Work } from './work.ts'

/**
 * Warehouse Shipping Advice: what left the warehouse, by order line.
 *   W06  02 depositor's order  03 day  04 shipment
 *   W12  02 ordered  03 shipped  04 difference  05 unit  07/08 item  09 lot      W03  01 units shipped in all
 * N9*LV rows say on which pallets a line's quantity stands: parts of it, never more.
 */
export function map945(work: Work): void {
  const { segments, set } = work.transaction
  const { header, lines } = linesOf(segments, 'W12')
  const w06 = find(segments, 'W06')
  if (isSimulation(work, w06)) return
  if (lines.length === 0) return noLines(work, 'W12')
  const shipped = lines.map((line) => shippedOf(line.head, whereOf(work, line)))
  const w03 = find(segments, 'W03')
  if (
    !addsUp(
      work,
      'W03',
      w03 ? at(w03, 1) : '',
      shipped.map((it) => (it.ok ? it.value : null)),
    )
  )
    return
  const document = readHeader(work, w06, header)
  const places = placesIn(header, set)
  for (const [n, line] of lines.entries()) {
    const quantity = shipped[n]!
    if (!quantity.ok) work.draft.refusals.push(quantity.error)
    else if (isZero(quantity.value)) work.draft.warnings.push(`${whereOf(work, line)}: nothing was shipped`)
    else {
      warnOfPallets(work, line, quantity.value)
      const read = readWarehouseLine(work, line, places)
      take(work.draft, read.ok ? shippedEvent(work, document, read.value, quantity.value) : read)
    }
  }
}

type Header = {
  readonly order: string
  readonly orderRef: string | undefined
  readonly shipment: string | undefined
  readonly at: number
}

function readHeader(work: Work, w06: Segment | undefined, header: readonly Segment[]): Header {
  const order = w06 ? at(w06, 2) : ''
  const orderRef = orderRefOf(work, order)
  if (orderRef === undefined) {
    work.draft.warnings.push(
      `${work.where}: order number ${JSON.stringify(order)} can't be used; its demand stays open`,
    )
  }
  const shipDate = header.find((it) => it.name === 'G62' && at(it, 1) === '11')
  const [day, time] = shipDate ? [at(shipDate, 2), at(shipDate, 4)] : [w06 ? at(w06, 3) : '', '']
  const billOfLading = find(header, 'N9', 'BM')
  return {
    order,
    orderRef,
    shipment: usableRef((w06 && at(w06, 4)) || (billOfLading ? at(billOfLading, 2) : ''), 128),
    at: timeOf(work, day, time, 'end'),
  }
}

function shippedEvent(
  work: Work,
  { order, orderRef, shipment, at: instant }: Header,
  { sku, node, lot, uom, where, number }: WarehouseLine,
  stated: Decimal,
): Result<CanonicalEvent, Refusal> {
  const count = counted(work.codes, { sku, uom }, stated, where)
  if (!count.ok) return count
  return canonicalEvent(
    {
      type: 'plimsoll.stock.shipped',
      id: `${work.idPrefix}/${order}/${shipment ?? ''}/line/${number}`,
      source: work.source,
      at: instant,
      subject: sku,
      // Without a shipment's number, two partial shipments of an order would look like one.
      businesskey: order && shipment ? `945/${order}/${shipment}/line/${number}` : undefined,
      data: { sku, node, lot, ...count.value, orderRef, line: orderRef && number, shipment },
    },
    where,
  )
}

function shippedOf(w12: Segment, where: string): Result<Decimal, Refusal> {
  if (at(w12, 3) !== '') return notNegative(readQuantity(at(w12, 3), `${where}, W12-03`), where)
  const ordered = readQuantity(at(w12, 2), `${where}, W12-02`)
  const short = readQuantity(at(w12, 4), `${where}, W12-04`)
  if (!ordered.ok || !short.ok) {
    return err(malformed('no-quantity', `${where}: W12 says neither what was shipped nor what was not`))
  }
  return notNegative(ok(minus(ordered.value, magnitude(short.value))), where)
}

function warnOfPallets(work: Work, line: Line, quantity: Decimal): void {
  const parts = line.body
    .filter((it) => it.name === 'N9' && at(it, 1) === 'LV' && at(it, 3) !== '')
    .map((it) => readQuantity(at(it, 3), 'N9*LV'))
  if (parts.length === 0 || parts.some((it) => !it.ok)) return
  const sum = sumOf(parts.flatMap((it) => (it.ok ? [it.value] : [])))
  if (!isEqual(sum, quantity)) {
    const held = `its pallets hold ${textOf(sum)} of the ${textOf(quantity)} shipped`
    work.draft.warnings.push(`${whereOf(work, line)}: ${held}`)
  }
}
