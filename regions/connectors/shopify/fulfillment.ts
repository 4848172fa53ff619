import * as z from 'zod'
import { canonicalEvent } from '../canonical-event.ts'
import { namedOrder } from '../market/demand.ts'
import { readRecord } from '../market/document.ts'
import { goodsOf } from '../market/goods.ts'
import { nodeOf, VendorId } from '../market/vendor-code.ts'
import { outOfPolicy } from '../refusals.ts'
import { take } from '../translation.ts'
import { momentOf } from './delivery.ts'
import { codesOf, isByName, isGoods, LineItem } from './line-item.ts'
import type { Reading } from './reading.ts'

const ShippedLine = LineItem.extend({ quantity: z.unknown().optional() })
type ShippedLine = z.infer<typeof ShippedLine>

const Fulfillment = z.object({
  id: VendorId,
  order_id: VendorId,
  name: z.string().nullish(),
  status: z.string().nullish(),
  location_id: VendorId.nullish(),
  created_at: z.string().nullish(),
  line_items: z.array(ShippedLine).nullish(),
})
type Fulfillment = z.infer<typeof Fulfillment>

/** Asked for and not done, or never done. */
const NOTHING_LEFT = new Set(['pending', 'open', 'error', 'failure'])

/** What left a location. One that was taken back afterwards is for someone to look at: it may have left, or not. */
export function readFulfillment(record: unknown, reading: Reading): void {
  const { draft } = reading
  const read = readRecord(Fulfillment, record, 'fulfillment')
  if (!read.ok) return void draft.refusals.push(read.error)
  const shipment = read.value
  const status = shipment.status ?? 'success'
  const where = `fulfillment ${shipment.id} of order ${shipment.order_id}`
  if (NOTHING_LEFT.has(status))
    return void draft.warnings.push(`${where} is ${status}: nothing left; no effect`)
  if (status !== 'success') {
    const detail = `${where} is ${status}: if its goods are back, adjust the stock, and state the order's demand again`
    return void draft.refusals.push(outOfPolicy('unsupported-shipment-status', detail))
  }
  for (const line of shipment.line_items ?? [])
    if (isGoods(line)) shipped(shipment, line, `${where}, line ${line.id}`, reading)
}

/** The second part of its own name is the order's: `#1001.2` is the second shipment of #1001. */
const orderNumber = ({ order_id: id, name }: Fulfillment, { codes }: Reading): string =>
  isByName(codes) ? (name ?? '').replace(/^#/, '').replace(/(\.|-F)\d+$/, '') : id

function shipped(shipment: Fulfillment, line: ShippedLine, where: string, reading: Reading): void {
  const { codes, draft, message, delivery } = reading
  const goods = goodsOf(codes, codesOf(line), line.quantity, where)
  if (!goods.ok) return void draft.refusals.push(goods.error)
  if (goods.value === null) return
  const order = namedOrder(codes, 'shopify', orderNumber(shipment, reading), where)
  if (!order.ok) return void draft.refusals.push(order.error)
  const node = nodeOf(codes, shipment.location_id, where)
  if (!node.ok) return void draft.refusals.push(node.error)
  const at = momentOf(shipment.created_at, delivery, message.receivedAt, where)
  if (!at.ok) return void draft.refusals.push(at.error)
  const name = `fulfillment/${shipment.id}`
  const event = { id: `${name}/${line.id}`, source: message.source, at: at.value, subject: goods.value.sku }
  const { orderRef } = order.value
  const data = { ...goods.value, node: node.value, orderRef, line: line.id, shipment: name }
  take(draft, canonicalEvent({ ...event, type: 'plimsoll.stock.shipped', data }, where))
}
