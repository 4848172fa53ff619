import * as z from 'zod'
import { isLess, isZero, minus, NOTHING } from '../../../shared/domain/decimal.ts'
import type { Decimal } from '../../../shared/domain/decimal.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { type AskedLine, cancelOrder, namedOrder, stateOrder, type Word } from '../market/demand.ts'
import { readRecord } from '../market/document.ts'
import { goodsOf } from '../market/goods.ts'
import type { Reading } from '../market/reading.ts'
import { skuOf, VendorId } from '../market/vendor-code.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { checkQuantity, notNegative, sumOf } from '../stated-quantity.ts'
import { take } from '../translation.ts'
import { momentOf } from './inventory.ts'
import { amountOf, listOf, Quantity, unitOf } from './quantity.ts'

const Stamp = z.union([z.number(), z.string()]).nullish()
const Status = z.object({
  status: z.string(),
  statusQuantity: Quantity.nullish(),
  trackingInfo: z.object({ shipDateTime: Stamp, trackingNumber: z.string().nullish() }).nullish(),
})
type Status = z.infer<typeof Status>
const OrderLine = z.object({
  lineNumber: VendorId,
  item: z.object({ sku: z.string().nullish() }),
  orderLineQuantity: Quantity,
  statusDate: Stamp,
  orderLineStatuses: z.object({ orderLineStatus: listOf(Status) }).nullish(),
})
type OrderLine = z.infer<typeof OrderLine>
const Order = z.object({
  purchaseOrderId: VendorId,
  orderDate: Stamp,
  orderLines: z.object({ orderLine: listOf(OrderLine) }),
  shipNode: z.object({ type: z.string().nullish(), id: VendorId.nullish() }).nullish(),
})

const SENT = new Set(['Shipped', 'Delivered'])
const WANTED = new Set(['Created', 'Acknowledged', ...SENT])
const GONE = new Set(['Cancelled', 'Canceled'])
/** Money that went back says nothing of goods. */
const MONEY = new Set(['Refund', 'Refunded'])

/** A purchase order as Walmart says it is by now: the statuses of a line share out its quantity. */
export function readOrder(record: unknown, reading: Reading): void {
  const { draft, codes, message } = reading
  const read = readRecord(Order, record, 'order')
  if (!read.ok) return void draft.refusals.push(read.error)
  const { purchaseOrderId, orderDate, orderLines, shipNode } = read.value
  const name = `order/${purchaseOrderId}`
  if (shipNode?.type === 'WFSFulfilled')
    return void draft.warnings.push(`${name} is fulfilled by Walmart, from its own stock; no effect`)
  const order = namedOrder(codes, 'walmart', purchaseOrderId, name)
  if (!order.ok) return void draft.refusals.push(order.error)
  const lines = orderLines.orderLine
  const stamps = [orderDate, ...lines.map(({ statusDate }) => statusDate)].filter(
    (it) => it !== null && it !== undefined,
  )
  const moments = stamps.map(momentOf)
  if (moments.includes(null))
    return void draft.refusals.push(malformed('no-date', `${name}: has a date that is none`))
  const at = moments.length === 0 ? message.receivedAt : Math.max(...(moments as Instant[]))
  const word = { order: order.value, name, at }
  const asked = lines.map((line) => askedOf(line, name, reading))
  const isGone = asked.length > 0 && asked.every(({ quantity }) => quantity.ok && isZero(quantity.value))
  if (isGone) return cancelOrder(reading, word)
  stateOrder(reading, word, 'accepted', asked)
  const node = (shipNode?.id && codes.node(shipNode.id)) || codes.defaultNode
  for (const line of lines) sent(line, word, node, reading)
}

function askedOf(line: OrderLine, name: string, { codes }: Reading): AskedLine {
  const where = `${name}, line ${line.lineNumber}`
  const sku = skuOf(codes, [{ code: line.item.sku }], where)
  return {
    line: line.lineNumber,
    sku,
    quantity: wantedOf(line, where),
    uom: unitOf(line.orderLineQuantity),
    where,
  }
}

/** What was ordered, less what was cancelled of it. */
function wantedOf(line: OrderLine, where: string): Result<Decimal, Refusal> {
  const ordered = notNegative(checkQuantity(amountOf(line.orderLineQuantity), where), where)
  if (!ordered.ok) return ordered
  const gone: Decimal[] = []
  for (const { status, statusQuantity } of line.orderLineStatuses?.orderLineStatus ?? []) {
    if (WANTED.has(status) || MONEY.has(status)) continue
    if (!GONE.has(status)) {
      const detail = `${where}: the status ${JSON.stringify(status.slice(0, 32))} is none that is known`
      return { ok: false, error: outOfPolicy('unsupported-order-status', detail) }
    }
    // A status without a quantity is the whole line's.
    const quantity = statusQuantity
      ? notNegative(checkQuantity(amountOf(statusQuantity), where), where)
      : ordered
    if (!quantity.ok) return quantity
    gone.push(quantity.value)
  }
  const cancelled = sumOf(gone)
  return ok(isLess(ordered.value, cancelled) ? NOTHING : minus(ordered.value, cancelled))
}

/** What left, a parcel a fact: by its tracking number it is the same when it is delivered. */
function sent(line: OrderLine, { order, name, at }: Word, node: string | null, reading: Reading): void {
  const { codes, draft, message } = reading
  const parcels = Map.groupBy(
    (line.orderLineStatuses?.orderLineStatus ?? []).filter(({ status }) => SENT.has(status)),
    ({ trackingInfo }) => trackingInfo?.trackingNumber ?? '',
  )
  for (const [tracking, statuses] of parcels) {
    const where = `${name}, line ${line.lineNumber}`
    if (node === null) {
      draft.warnings.push(`${where} was sent from no place of ours; its stock stays`)
      return
    }
    const amounts = statuses.map(({ statusQuantity }) => amountOf(statusQuantity ?? line.orderLineQuantity))
    const amount = amounts.every((it) => typeof it === 'number')
      ? (amounts as number[]).reduce((sum, it) => sum + it, 0)
      : amounts.find((it) => typeof it !== 'number')
    const goods = goodsOf(codes, [{ code: line.item.sku }], amount, where, unitOf(line.orderLineQuantity))
    if (!goods.ok) {
      // An item that nobody knows was refused with its order.
      if (goods.error.unknown === undefined) draft.refusals.push(goods.error)
      continue
    }
    if (goods.value === null) continue
    const shipment = tracking === '' ? name : tracking.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 64)
    const event = {
      id: `${name}/${line.lineNumber}/sent/${shipment}`,
      source: message.source,
      at: shippedAt(statuses) ?? at,
      subject: goods.value.sku,
    }
    const data = { ...goods.value, node, orderRef: order.orderRef, line: line.lineNumber, shipment }
    take(draft, canonicalEvent({ ...event, type: 'plimsoll.stock.shipped', data }, where))
  }
}

function shippedAt(statuses: readonly Status[]): Instant | null {
  return momentOf(statuses.find(({ trackingInfo }) => trackingInfo?.shipDateTime)?.trackingInfo?.shipDateTime)
}
