import * as z from 'zod'
import { type Decimal, isEqual, isLess, isZero, NOTHING, plus } from '../../../shared/domain/decimal.ts'
import { type Result, ok } from '../../../shared/kernel/result.ts'
import type { Codes, Refusal } from '../connector.ts'
import { type AskedLine, cancelOrder, namedOrder, stateOrder } from '../market/demand.ts'
import { readRecord } from '../market/document.ts'
import { skuOf, VendorId } from '../market/vendor-code.ts'
import { checkQuantity, notNegative, sumOf } from '../stated-quantity.ts'
import { momentOf } from './delivery.ts'
import { codesOf, isByName, isGoods, LineItem } from './line-item.ts'
import type { Reading } from './reading.ts'
import { cancelledLine, Refund } from './refund.ts'

const OrderLine = LineItem.extend({
  quantity: z.unknown().optional(),
  fulfillable_quantity: z.unknown().optional(),
})
type OrderLine = z.infer<typeof OrderLine>

const Fulfilled = z.object({
  status: z.string().nullish(),
  line_items: z.array(z.object({ id: VendorId, quantity: z.unknown().optional() })).nullish(),
})
const Order = z.object({
  id: VendorId,
  name: z.string().nullish(),
  test: z.boolean().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  cancelled_at: z.string().nullish(),
  line_items: z.array(OrderLine).nullish(),
  fulfillments: z.array(Fulfilled).nullish(),
  refunds: z.array(Refund).nullish(),
})
type Order = z.infer<typeof Order>

const DELETED = 'orders/delete'
const CREATED = 'orders/create'

/** An order as Shopify says it is: its later word stands, whichever topic brings it. */
export function readOrder(record: unknown, reading: Reading): void {
  const { draft, delivery, message, codes } = reading
  const read = readRecord(Order, record, 'order')
  if (!read.ok) return void draft.refusals.push(read.error)
  const order = read.value
  const where = `order ${order.id}`
  if (order.test === true) return void draft.warnings.push(`${where} is a test; no effect`)
  const named = namedOrder(codes, 'shopify', orderNumber(codes, order), where)
  if (!named.ok) return void draft.refusals.push(named.error)
  const isCancelled = delivery.topic === DELETED || (order.cancelled_at ?? null) !== null
  const stamp = isCancelled ? order.cancelled_at : order.updated_at
  const at = momentOf(stamp, delivery, message.receivedAt, where)
  if (!at.ok) return void draft.refusals.push(at.error)
  const word = { order: named.value, name: `order/${order.id}`, at: at.value }
  if (isCancelled) return cancelOrder(reading, word)
  const goods = (order.line_items ?? []).filter(isGoods)
  const asked = goods.flatMap((line) => askedOf(line, order, reading))
  const { webhookId, topic } = delivery
  const id = webhookId === null ? undefined : `webhook/${webhookId}/${word.name}`
  stateOrder(reading, word, topic === null || topic === CREATED ? 'accepted' : 'changed', asked, { id })
  for (const refund of order.refunds ?? []) {
    for (const line of refund.refund_line_items ?? []) {
      const item = goods.find(({ id }) => id === line.line_item_id)
      if (line.restock_type === 'cancel' && item) cancelledLine(refund, line, named.value, reading, item)
    }
  }
}

const orderNumber = (codes: Codes, { id, name }: Order): string =>
  isByName(codes) ? (name ?? '').replace(/^#/, '') : id

/**
 * What the books have to know of a line, so that ordered less cancelled less shipped is what Shopify still wants sent. A line
 * of which everything was sent, and nothing changed before, is not stated: of an old order that was never told here, it would
 * be new demand.
 */
function askedOf(line: OrderLine, order: Order, { codes }: Reading): AskedLine[] {
  const where = `order ${order.id}, line ${line.id}`
  const named = { line: line.id, sku: skuOf(codes, codesOf(line), where), where }
  const ordered = notNegative(checkQuantity(line.quantity, where), where)
  const left = leftOf(line, where)
  const sent = sumOfLine(
    (order.fulfillments ?? [])
      .filter(({ status }) => !ENDED.has(status ?? ''))
      .flatMap((it) => it.line_items ?? []),
    (it) => it.id === line.id,
    where,
  )
  const cancelled = sumOfLine(
    (order.refunds ?? []).flatMap((it) => it.refund_line_items ?? []),
    (it) => it.line_item_id === line.id && it.restock_type === 'cancel',
    where,
  )
  for (const it of [ordered, left, sent, cancelled]) if (!it.ok) return [{ ...named, quantity: it }]
  if (!ordered.ok || !left.ok || !sent.ok || !cancelled.ok) return []
  if (left.value === null) return [{ ...named, quantity: ordered }]
  const accounted = sumOf([sent.value, left.value, cancelled.value])
  if (isZero(left.value) && !isZero(sent.value) && isEqual(accounted, ordered.value)) return []
  return [{ ...named, quantity: ok(isLess(ordered.value, accounted) ? ordered.value : accounted) }]
}

/** A shipment that came to nothing: its goods are to be sent still, or not any more. */
const ENDED = new Set(['cancelled', 'error', 'failure'])

function leftOf({ fulfillable_quantity: left }: OrderLine, where: string): Result<Decimal | null, Refusal> {
  return left === null || left === undefined ? ok(null) : notNegative(checkQuantity(left, where), where)
}

function sumOfLine<T extends { readonly quantity?: unknown }>(
  lines: readonly T[],
  isOfIt: (line: T) => boolean,
  where: string,
): Result<Decimal, Refusal> {
  let sum = NOTHING
  for (const { quantity } of lines.filter(isOfIt)) {
    const read = notNegative(checkQuantity(quantity, where), where)
    if (!read.ok) return read
    sum = plus(sum, read.value)
  }
  return ok(sum)
}
