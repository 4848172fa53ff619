import { formatInstant } from '../../../shared/kernel/clock.ts'
import { isZero } from '../../../shared/domain/decimal.ts'
import { canonicalEvent } from '../canonical-event.ts'
import { malformed } from '../refusals.ts'
import { take } from '../translation.ts'
import { counted, notNegative, readQuantity } from '../stated-quantity.ts'
import { businessInstant } from './business-time.ts'
import { addsUp } from './control-total.ts'
import { linesOf } from './lines.ts'
import { placesIn } from './place.ts'
import { isSimulation, noLines } from './reporting-code.ts'
import { at, type Segment } from './tokenize.ts'
import { readWarehouseLine, whereOf } from './warehouse-line.ts'
import { find, timeOf, usableRef, type Work } from './work.ts'

/** When the goods are due: estimated delivery, requested delivery, scheduled delivery. */
const DUE_DATES = ['17', '02', '18', '53']

/**
 * Warehouse Stock Transfer Shipment Advice: goods are on their way to a warehouse. Its 944 brings them in under the same
 * order number.
 *   W06  02 depositor's order  03 day  04 shipment     W04  01 shipped  02 unit  04/05, 06/07 item  08 lot     W03  01 in all
 */
export function map943(work: Work): void {
  const { segments, set } = work.transaction
  const { header, lines } = linesOf(segments, 'W04')
  const w06 = find(segments, 'W06')
  if (isSimulation(work, w06)) return
  if (lines.length === 0) return noLines(work, 'W04')
  const [order, day, shipment] = [2, 3, 4].map((position) => (w06 ? at(w06, position) : ''))
  const transfer = usableRef(order!, 128) ?? usableRef(shipment!, 128)
  if (transfer === undefined) {
    const detail = `${work.where}: neither W06-02 nor W06-04 is a number that its receipt could name`
    return void work.draft.refusals.push(malformed('no-order-number', detail))
  }
  const shipped = lines.map((line) => {
    const where = `${whereOf(work, line)}, W04-01`
    return notNegative(readQuantity(at(line.head, 1), where), where)
  })
  const w03 = find(segments, 'W03')
  const quantities = shipped.map((it) => (it.ok ? it.value : null))
  if (!addsUp(work, 'W03', w03 ? at(w03, 1) : '', quantities)) return
  const places = placesIn(header, set)
  const from = fromOf(work, header)
  const expectedAt = dueIn(work, header)
  for (const [n, line] of lines.entries()) {
    const quantity = shipped[n]!
    if (!quantity.ok) {
      work.draft.refusals.push(quantity.error)
      continue
    }
    if (isZero(quantity.value)) {
      work.draft.warnings.push(`${whereOf(work, line)}: nothing was shipped`)
      continue
    }
    const read = readWarehouseLine(work, line, places)
    if (!read.ok) {
      work.draft.refusals.push(read.error)
      continue
    }
    const { sku, node: to, lot, where, number } = read.value
    const count = counted(work.codes, read.value, quantity.value, where)
    const data = { transfer, from, to, sku, lot, ...(count.ok ? count.value : { quantity: 0 }), expectedAt }
    take(
      work.draft,
      count.ok
        ? canonicalEvent(
            {
              type: 'plimsoll.transfer.shipped',
              id: `${work.idPrefix}/${transfer}/line/${number}`,
              source: work.source,
              at: timeOf(work, day!, '', 'end'),
              subject: sku,
              businesskey: `943/${order}/${shipment}/line/${number}`,
              data,
            },
            where,
          )
        : count,
    )
  }
}

/** Goods may come from a place that is none of ours: then they only arrive. */
function fromOf(work: Work, header: readonly Segment[]): string | undefined {
  const n1 = find(header, 'N1', 'SF')
  if (!n1) return undefined
  return work.codes.node(at(n1, 4)) ?? work.codes.node(at(n1, 2)) ?? undefined
}

function dueIn(work: Work, header: readonly Segment[]): string | undefined {
  for (const qualifier of DUE_DATES) {
    const g62 = find(header, 'G62', qualifier)
    const due = g62 && businessInstant(at(g62, 2), at(g62, 4), work.transaction.envelope, 'end')
    if (due !== null && due !== undefined) return formatInstant(due)
  }
  return undefined
}
