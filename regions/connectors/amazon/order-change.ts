import * as z from 'zod'
import { type Decimal, isZero, textOf } from '../../../shared/domain/decimal.ts'
import { parseInstant } from '../../../shared/kernel/clock.ts'
import { canonicalEvent } from '../canonical-event.ts'
import { cancelOrder, namedOrder, stateOrder, type Word } from '../market/demand.ts'
import { readRecord } from '../market/document.ts'
import { goodsOf } from '../market/goods.ts'
import type { Reading } from '../market/reading.ts'
import { skuOf } from '../market/vendor-code.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { checkQuantity, notNegative } from '../stated-quantity.ts'
import { take } from '../translation.ts'
import { type Notification, notifiedAt } from './notification.ts'

const OrderItem = z.object({
  OrderItemId: z.string().min(1),
  SellerSKU: z.string().nullish(),
  SupplySourceId: z.string().nullish(),
  Quantity: z.unknown().optional(),
  QuantityShipped: z.unknown().optional(),
})
type OrderItem = z.infer<typeof OrderItem>

const Payload = z.object({
  OrderChangeNotification: z.object({
    AmazonOrderId: z.string().min(1),
    OrderChangeTrigger: z.object({ TimeOfOrderChange: z.string().nullish() }).nullish(),
    Summary: z.object({
      OrderStatus: z.string(),
      FulfillmentType: z.string(),
      OrderItems: z.array(OrderItem).nullish(),
    }),
  }),
})

const DEMAND = new Set(['Unshipped', 'PartiallyShipped', 'Shipped', 'InvoiceUnconfirmed'])
/** Not paid yet, or not to be had yet: it is told again when it is. */
const NOT_YET = new Set(['Pending', 'PendingAvailability'])
const CANCELLED = new Set(['Canceled', 'Unfulfillable'])

/**
 * What an order that we fulfil is by now. One that Amazon fulfils never touches our stock, and a buyer who asks to cancel has only
 * asked. The moment is that of the change: the notification's own may be years off.
 */
export function readOrderChange(notification: Notification, reading: Reading): void {
  const { draft, codes } = reading
  const read = readRecord(Payload, notification.Payload, 'ORDER_CHANGE')
  if (!read.ok) return void draft.refusals.push(read.error)
  const { AmazonOrderId, OrderChangeTrigger: trigger, Summary: summary } = read.value.OrderChangeNotification
  const name = `order/${AmazonOrderId}`
  const { OrderStatus: status, FulfillmentType: fulfiller } = summary
  if (fulfiller === 'AFN')
    return void draft.warnings.push(`${name} is fulfilled by Amazon, from its own stock; no effect`)
  if (fulfiller !== 'MFN') {
    const detail = `${name}: FulfillmentType ${JSON.stringify(fulfiller.slice(0, 32))} is none that is known`
    return void draft.refusals.push(outOfPolicy('unsupported-fulfilment', detail))
  }
  if (NOT_YET.has(status)) return void draft.warnings.push(`${name} is ${status}; it is no demand yet`)
  if (!DEMAND.has(status) && !CANCELLED.has(status)) {
    const detail = `${name}: OrderStatus ${JSON.stringify(status.slice(0, 32))} is none that is known`
    return void draft.refusals.push(outOfPolicy('unsupported-order-status', detail))
  }
  const order = namedOrder(codes, 'amazon', AmazonOrderId, name)
  if (!order.ok) return void draft.refusals.push(order.error)
  const changed = trigger?.TimeOfOrderChange ?? null
  const at = changed === null ? notifiedAt(notification, reading) : parseInstant(changed)
  if (at === null) return void draft.refusals.push(malformed('no-date', `${name}: says not when it changed`))
  const word = { order: order.value, name, at }
  if (CANCELLED.has(status)) return cancelOrder(reading, word)
  const items = (summary.OrderItems ?? []).map((item) => {
    const where = `${name}, item ${item.OrderItemId}`
    return { item, where, quantity: notNegative(checkQuantity(item.Quantity, where), where) }
  })
  const asked = items.map(({ item, where, quantity }) => ({
    line: item.OrderItemId,
    sku: skuOf(codes, [{ code: item.SellerSKU }], where),
    quantity,
    where,
  }))
  const id = notification.NotificationMetadata?.NotificationId
  stateOrder(reading, word, 'accepted', asked, { id: id && `notification/${id}/${name}` })
  for (const { item, where } of items) sent(item, word, where, reading)
}

/** More than anyone buys of one item; a fact for each. */
const PIECES_MAX = 1000

/**
 * QuantityShipped tells of all that was sent so far. So every piece is a fact of its own, by its number: those that were told
 * before are recognised, and what is new is the difference.
 */
function sent(item: OrderItem, { order, name, at }: Word, where: string, reading: Reading): void {
  const { codes, draft, message } = reading
  if (item.QuantityShipped === null || item.QuantityShipped === undefined) return
  const shipped = notNegative(checkQuantity(item.QuantityShipped, where), where)
  if (!shipped.ok) return void draft.refusals.push(shipped.error)
  if (isZero(shipped.value)) return
  const node = (item.SupplySourceId && codes.node(item.SupplySourceId)) || codes.defaultNode
  if (!node) return void draft.warnings.push(`${where} was sent from no place of ours; its stock stays`)
  const pieces = piecesIn(shipped.value)
  if (pieces === null) {
    const detail = `${where}: ${textOf(shipped.value).slice(0, 32)} pieces sent can't be counted; adjust the stock by hand`
    return void draft.refusals.push({ class: 'unit', code: 'out-of-range', detail })
  }
  const piece = goodsOf(codes, [{ code: item.SellerSKU }], 1, where)
  // An item that nobody knows was refused with its order.
  if (!piece.ok || piece.value === null) return
  const { sku } = piece.value
  for (let n = 1; n <= pieces; n++) {
    const event = { id: `${name}/${item.OrderItemId}/sent/${n}`, source: message.source, at, subject: sku }
    const data = { ...piece.value, node, orderRef: order.orderRef, line: item.OrderItemId, shipment: name }
    take(draft, canonicalEvent({ ...event, type: 'plimsoll.stock.shipped', data }, where))
  }
}

function piecesIn(quantity: Decimal): number | null {
  const pieces = Number(textOf(quantity))
  return Number.isSafeInteger(pieces) && pieces <= PIECES_MAX ? pieces : null
}
