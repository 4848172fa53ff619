import { formatInstant, type Instant } from '../../../shared/kernel/clock.ts'
import type { Decimal } from '../../../shared/domain/decimal.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { take } from '../translation.ts'
import { counted, notNegative, readQuantity } from '../stated-quantity.ts'
import { statedInstant } from './business-time.ts'
import { hashTotal } from './control-total.ts'
import { idsFrom, skuOf } from './item.ts'
import { type Line, linesOf } from './lines.ts'
import { nodeOf, placesIn } from './place.ts'
import { noLines } from './reporting-code.ts'
import { at, type Segment } from './tokenize.ts'
import { componentsOf, whereOf } from './warehouse-line.ts'
import { channelOf, find, orderRefOf, timeOf, usableRef, type Work } from './work.ts'

/** Transaction set purpose (element 353): an order that is new, confirmed, or sent again. */
const NEW_ORDER = new Set(['', '00', '06', '07', '15'])
const CANCELLATION = '01'
const REPLACEMENT = '05'
const NO_EFFECT: Readonly<Record<string, string>> = { '22': 'is an information copy', '28': 'is a query' }

/** Purchase order types (element 92): a blanket order is no demand before something of it is released. */
const BLANKET = 'BK'
const RELEASES = new Set(['RL', 'RE', 'BE'])

/** The day by which goods have to leave: requested ship, ship no later than, requested delivery, deliver no later than. */
const DUE_DATES = ['010', '038', '002', '063']

/**
 * Purchase Order: a customer's demand. Taken whole or not at all, because a part of it, under the order's own id, would keep
 * the rest out for good.
 *   BEG  01 purpose  02 type  03 order  04 release     PO1  01 line  02 ordered  03 unit  06/07 … item     CTT  02 ordered in all
 */
export function map850(work: Work): void {
  const { segments } = work.transaction
  const { header, lines } = linesOf(segments, 'PO1')
  const beg = find(segments, 'BEG')
  const [purpose, type, number, release] = [1, 2, 3, 4].map((position) => (beg ? at(beg, position) : ''))
  const order = RELEASES.has(type!) && release !== '' ? `${number}-${release}` : number!
  if (Object.hasOwn(NO_EFFECT, purpose!) || type === BLANKET) {
    const why = type === BLANKET ? 'is a blanket order; its releases are demand' : NO_EFFECT[purpose!]
    return void work.draft.warnings.push(`${work.where}: order ${order} ${why}; it has no effect`)
  }
  const orderRef = orderRefOf(work, order)
  if (orderRef === undefined) {
    const detail = `${work.where}: order number ${JSON.stringify(order)} is missing or not usable`
    return void work.draft.refusals.push(malformed('no-order-number', detail))
  }
  const event = {
    id: `${work.idPrefix}/${order}`,
    source: work.source,
    at: timeOf(work, '', '', 'start'),
  }
  if (purpose === CANCELLATION) {
    const data = { orderRef, channel: channelOf(work) }
    const cancelled = {
      ...event,
      type: 'plimsoll.order.cancelled',
      businesskey: `850/${order}/cancelled`,
      data,
    }
    return take(work.draft, canonicalEvent(cancelled as never, work.where))
  }
  const isReplaced = purpose === REPLACEMENT
  if (!NEW_ORDER.has(purpose!) && !isReplaced) {
    const detail = `${work.where}: purpose ${purpose} of order ${order} is not taken from an 850; a new order, its replacement and its cancellation are`
    return void work.draft.refusals.push(outOfPolicy('unsupported-order-status', detail))
  }
  if (lines.length === 0) return noLines(work, 'PO1')
  const ordered = lines.map((line) => {
    const where = `${whereOf(work, line)}, PO1-02`
    return notNegative(readQuantity(at(line.head, 2), where), where)
  })
  if (!hashTotal(work, find(segments, 'CTT'), lines.length, ordered)) return
  const shared = sharedOf(work, header)
  const read = lines.map((line, n) => orderLine(work, line, ordered[n]!, shared))
  for (const it of read) if (!it.ok) work.draft.refusals.push(it.error)
  if (!read.every((it) => it.ok)) return
  if (isReplaced)
    work.draft.warnings.push(`${work.where}: order ${order} is replaced; lines that it no longer names stay`)
  const data = { orderRef, channel: channelOf(work), lines: read.map((it) => it.value) }
  take(
    work.draft,
    isReplaced
      ? canonicalEvent({ ...event, type: 'plimsoll.order.changed', data }, work.where)
      : canonicalEvent(
          { ...event, type: 'plimsoll.order.accepted', businesskey: `850/${order}`, data },
          work.where,
        ),
  )
}

type Shared = { readonly node: Result<string | undefined, Refusal>; readonly dueAt: Instant | null }

/** What the header says for every line: where the goods come from, where it says that, and until when. */
function sharedOf(work: Work, header: readonly Segment[]): Shared {
  const places = placesIn(header, work.transaction.set)
  return {
    node: places.length === 0 ? ok(work.codes.defaultNode ?? undefined) : nodeOf(work, places, work.where),
    dueAt: dueIn(work, header),
  }
}

function dueIn(work: Work, segments: readonly Segment[]): Instant | null {
  for (const qualifier of DUE_DATES) {
    const dtm = find(segments, 'DTM', qualifier)
    const due = dtm && statedInstant(dtm, work.transaction.envelope, 'start')
    if (due !== null && due !== undefined) return due
  }
  return null
}

function orderLine(work: Work, line: Line, quantity: Result<Decimal, Refusal>, shared: Shared) {
  const where = whereOf(work, line)
  if (!quantity.ok) return quantity
  if (!shared.node.ok) return shared.node
  const sku = skuOf(work, idsFrom(line.head, 6), where)
  if (!sku.ok) return sku
  const number = usableRef(line.number, 32)
  if (number === undefined)
    return err(
      malformed('no-line-number', `${where}: line number ${JSON.stringify(line.number)} is not usable`),
    )
  const unit = componentsOf(line.head, 3)[0]!
  const uom = unit === '' ? undefined : work.codes.uom(unit)
  const count = counted(work.codes, { sku: sku.value, uom }, quantity.value, where)
  if (!count.ok) return count
  const dueAt = dueIn(work, line.body) ?? shared.dueAt
  return ok({
    line: number,
    sku: sku.value,
    quantity: count.value.quantity,
    ...(count.value.uom === undefined ? {} : { uom: count.value.uom }),
    ...(shared.node.value === undefined ? {} : { node: shared.node.value }),
    ...(dueAt === null ? {} : { dueAt: formatInstant(dueAt) }),
  })
}
