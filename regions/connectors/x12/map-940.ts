import { formatInstant } from '../../../shared/kernel/clock.ts'
import { ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { take } from '../translation.ts'
import { counted, notNegative, readQuantity } from '../stated-quantity.ts'
import { businessInstant } from './business-time.ts'
import { addsUp } from './control-total.ts'
import { linesOf } from './lines.ts'
import { nodeOf, type Place, placesIn } from './place.ts'
import { noLines } from './reporting-code.ts'
import { at, type Segment } from './tokenize.ts'
import { readItemLine, whereOf } from './warehouse-line.ts'
import { channelOf, find, orderRefOf, timeOf, type Work } from './work.ts'

/** Order status code (element 473): an order that is new, or sent again. */
const NEW_ORDER = new Set(['', 'N', 'T', 'S'])
const NO_EFFECT: Readonly<Record<string, string>> = { A: 'is for information only', X: 'is a simulation' }

/** The day by which goods have to leave: requested ship, ship no later than, requested delivery. */
const DUE_DATES = ['10', '38', '02']

/**
 * Warehouse Shipping Order: demand, never depletion. The order is taken whole or not at all, because a part of it, under
 * the order's own id, would keep the rest out for good.
 *   W05  01 status  02 depositor's order      W01  01 ordered  02 unit  04/05, 06/07 item     W76  01 ordered in all
 */
export function map940(work: Work): void {
  const { segments, set } = work.transaction
  const { header, lines } = linesOf(segments, 'W01')
  const w05 = find(segments, 'W05')
  const [status, order] = w05 ? [at(w05, 1), at(w05, 2)] : ['', '']
  if (Object.hasOwn(NO_EFFECT, status)) {
    return void work.draft.warnings.push(
      `${work.where}: order ${order} ${NO_EFFECT[status]}; it has no effect`,
    )
  }
  if (!NEW_ORDER.has(status)) {
    const detail = `${work.where}: status ${status} of order ${order} (a change or cancellation) is not taken from a 940`
    return void work.draft.refusals.push(outOfPolicy('unsupported-order-status', detail))
  }
  const orderRef = orderRefOf(work, order)
  if (orderRef === undefined) {
    const detail = `${work.where}: order number ${JSON.stringify(order)} is missing or not usable`
    return void work.draft.refusals.push(malformed('no-order-number', detail))
  }
  if (lines.length === 0) return noLines(work, 'W01')
  const ordered = lines.map((line) => {
    const where = `${whereOf(work, line)}, W01-01`
    return notNegative(readQuantity(at(line.head, 1), where), where)
  })
  const w76 = find(segments, 'W76')
  if (
    !addsUp(
      work,
      'W76',
      w76 ? at(w76, 1) : '',
      ordered.map((it) => (it.ok ? it.value : null)),
    )
  )
    return
  const node = orderNode(work, placesIn(header, set))
  const dueAt = dueAtOf(work, header)
  const orderLines = []
  for (const [n, line] of lines.entries()) {
    const quantity = ordered[n]!
    const read = readItemLine(work, line)
    if (!quantity.ok) work.draft.refusals.push(quantity.error)
    if (!read.ok) work.draft.refusals.push(read.error)
    if (!quantity.ok || !read.ok || !node.ok) continue
    const { sku, number, where } = read.value
    const count = counted(work.codes, read.value, quantity.value, where)
    if (!count.ok) {
      work.draft.refusals.push(count.error)
      continue
    }
    const rest = {
      ...(count.value.uom === undefined ? {} : { uom: count.value.uom }),
      ...node.value,
      ...(dueAt === null ? {} : { dueAt }),
    }
    orderLines.push({ line: number, sku, quantity: count.value.quantity, ...rest })
  }
  if (!node.ok) work.draft.refusals.push(node.error)
  if (orderLines.length < lines.length) return
  const event = {
    type: 'plimsoll.order.accepted',
    id: `${work.idPrefix}/${order}`,
    source: work.source,
    at: timeOf(work, '', '', 'start'),
    businesskey: `940/${order}`,
    data: { orderRef, channel: channelOf(work), lines: orderLines },
  } as const
  take(work.draft, canonicalEvent(event, work.where))
}

/** An order may leave it to us where the goods come from. */
function orderNode(work: Work, places: readonly Place[]): Result<{ node?: string }, Refusal> {
  if (places.length === 0 && work.codes.defaultNode === null) return ok({})
  const node = nodeOf(work, places, work.where)
  return node.ok ? ok({ node: node.value }) : node
}

function dueAtOf(work: Work, header: readonly Segment[]): string | null {
  for (const qualifier of DUE_DATES) {
    const g62 = find(header, 'G62', qualifier)
    const due = g62 && businessInstant(at(g62, 2), at(g62, 4), work.transaction.envelope, 'start')
    if (due !== null && due !== undefined) return formatInstant(due)
  }
  return null
}
