import * as z from 'zod'
import { NOTHING } from '../../../shared/domain/decimal.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { ok } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import { cancelOrder, namedOrder, stateOrder } from '../market/demand.ts'
import { readRecord } from '../market/document.ts'
import { goodsOf } from '../market/goods.ts'
import type { Reading } from '../market/reading.ts'
import { skuOf, type VendorCode, VendorId } from '../market/vendor-code.ts'
import { outOfPolicy } from '../refusals.ts'
import { checkQuantity, notNegative } from '../stated-quantity.ts'
import { take } from '../translation.ts'
import { momentOf } from './gmt.ts'

const OrderLine = z.object({
  id: VendorId,
  sku: z.string().nullish(),
  product_id: VendorId.nullish(),
  variation_id: VendorId.nullish(),
  quantity: z.unknown().optional(),
})
type OrderLine = z.infer<typeof OrderLine>

const Order = z.object({
  id: VendorId,
  number: VendorId.nullish(),
  status: z.string().nullish(),
  date_modified_gmt: z.string().nullish(),
  date_completed_gmt: z.string().nullish(),
  line_items: z.array(OrderLine).nullish(),
})
type Order = z.infer<typeof Order>

type Meaning = 'demand' | 'none' | 'sent' | 'cancelled'
/**
 * How far each is in an order's life: its dates are of whole seconds, and a payment takes less, so that of two words of one
 * second the later in life is the later one. In milliseconds behind that second.
 */
const STAGES_MS: Readonly<Record<Meaning, number>> = { none: 0, demand: 1, sent: 2, cancelled: 3 }
/** As WooCommerce itself takes stock off and gives it back. A payment that failed may yet succeed: that is no cancellation. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  'on-hold': 'demand',
  processing: 'demand',
  pending: 'none',
  failed: 'none',
  'checkout-draft': 'none',
  'auto-draft': 'none',
  completed: 'sent',
  cancelled: 'cancelled',
  refunded: 'cancelled',
  trash: 'cancelled',
}

/** An order as the shop says it is by now, whole: its status says whether it is demand, and a later one whether it is again. */
export function readOrder(record: unknown, reading: Reading, isDeleted: boolean): void {
  const { codes, draft, message } = reading
  const read = readRecord(Order, record, 'order')
  if (!read.ok) return void draft.refusals.push(read.error)
  const order = read.value
  const name = `order/${order.id}`
  const meaning = isDeleted ? 'cancelled' : meaningOf(order, reading)
  if (meaning === undefined) {
    const status = JSON.stringify(order.status ?? null)
    const detail = `${name}: nobody has said what the status ${status} means; put it under orderStatuses of the source's profile and replay`
    return void draft.refusals.push(outOfPolicy('unsupported-order-status', detail))
  }
  const isByName = codes.profile.orderNumber === 'name'
  const named = namedOrder(codes, 'woocommerce', isByName ? (order.number ?? order.id) : order.id, name)
  if (!named.ok) return void draft.refusals.push(named.error)
  const at = momentOf(order.date_modified_gmt, message.receivedAt, name)
  if (!at.ok) return void draft.refusals.push(at.error)
  const word = { order: named.value, name, at: at.value + STAGES_MS[meaning] }
  const isWanted = meaning === 'demand' || meaning === 'sent'
  const asked = (order.line_items ?? []).map((line) => {
    const where = `${name}, line ${line.id}`
    const ordered = notNegative(checkQuantity(line.quantity, where), where)
    const quantity = isWanted || !ordered.ok ? ordered : ok(NOTHING)
    return { line: line.id, sku: skuOf(codes, codesOf(line), where), quantity, where }
  })
  // One that was deleted says its id alone.
  if (meaning === 'cancelled' && asked.length === 0) return cancelOrder(reading, word, { mayReopen: true })
  stateOrder(reading, word, isWanted ? 'accepted' : 'changed', asked, {
    isWhole: true,
    ...(meaning === 'cancelled' ? { mayReopen: true } : {}),
  })
  if (meaning !== 'sent') return
  const sentAt = momentOf(order.date_completed_gmt, at.value, name)
  if (!sentAt.ok) return void draft.refusals.push(sentAt.error)
  for (const line of order.line_items ?? []) sent(line, word, sentAt.value, reading)
}

function meaningOf({ status }: Order, { codes }: Reading): Meaning | undefined {
  const told = codes.profile.orderStatuses
  const key = (status ?? '').replace(/^wc-/, '')
  if (told && Object.hasOwn(told, key)) return told[key]
  return Object.hasOwn(MEANINGS, key) ? MEANINGS[key] : undefined
}

export const codesOf = (line: Omit<OrderLine, 'id' | 'quantity'>): readonly VendorCode[] => [
  { code: line.sku },
  { kind: 'variation', code: line.variation_id },
  { kind: 'product', code: line.product_id },
]

/** The shop knows one place at most, its source's. Without that, whoever sends the goods tells what left. */
function sent(
  line: OrderLine,
  { order, name }: { readonly order: { readonly orderRef: string }; readonly name: string },
  at: Instant,
  { codes, draft, message }: Reading,
): void {
  const where = `${name}, line ${line.id}`
  const node = codes.defaultNode
  if (node === null)
    return void draft.warnings.push(`${where} was sent from no place of ours; its stock stays`)
  const goods = goodsOf(codes, codesOf(line), line.quantity, where)
  // What can't be read was refused with the order already.
  if (!goods.ok || goods.value === null) return
  const event = { id: `${name}/${line.id}/sent`, source: message.source, at, subject: goods.value.sku }
  const data = { ...goods.value, node, orderRef: order.orderRef, line: line.id, shipment: name }
  take(draft, canonicalEvent({ ...event, type: 'plimsoll.stock.shipped', data }, where))
}
