import * as z from 'zod'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { type NamedOrder, namedOrder } from '../market/demand.ts'
import { readRecord } from '../market/document.ts'
import { type Goods, goodsOf } from '../market/goods.ts'
import { nodeOf, VendorId } from '../market/vendor-code.ts'
import { noItem, outOfPolicy } from '../refusals.ts'
import { take } from '../translation.ts'
import { momentOf } from './delivery.ts'
import { codesOf, isByName, isGoods, LineItem } from './line-item.ts'
import type { Reading } from './reading.ts'

const RefundLine = z.object({
  id: VendorId,
  line_item_id: VendorId,
  location_id: VendorId.nullish(),
  restock_type: z.string().nullish(),
  quantity: z.unknown().optional(),
  line_item: LineItem.nullish(),
})
type RefundLine = z.infer<typeof RefundLine>

export const Refund = z.object({
  id: VendorId,
  order_id: VendorId.nullish(),
  created_at: z.string().nullish(),
  refund_line_items: z.array(RefundLine).nullish(),
})
export type Refund = z.infer<typeof Refund>

/** What was not sent yet is demand that falls; what came back is stock again; what did neither has no effect here. */
const EFFECTS: Readonly<Record<string, 'cancelled' | 'returned' | 'none'>> = {
  cancel: 'cancelled',
  return: 'returned',
  legacy_restock: 'returned',
  no_restock: 'none',
}

export function readRefund(record: unknown, reading: Reading): void {
  const read = readRecord(Refund, record, 'refund')
  if (!read.ok) return void reading.draft.refusals.push(read.error)
  const refund = read.value
  for (const line of refund.refund_line_items ?? []) {
    const where = `refund ${refund.id}, line ${line.id}`
    const effect = Object.hasOwn(EFFECTS, line.restock_type ?? '') ? EFFECTS[line.restock_type!] : undefined
    if (effect === undefined) {
      const detail = `${where}: restock_type ${JSON.stringify(line.restock_type ?? null)} is none that is known`
      reading.draft.refusals.push(outOfPolicy('unsupported-restock-type', detail))
    } else if (effect === 'none' || (line.line_item && !isGoods(line.line_item)))
      reading.draft.warnings.push(`${where}: nothing came back; no effect`)
    else if (effect === 'cancelled' && isByName(reading.codes))
      reading.draft.warnings.push(`${where}: its order tells what was cancelled (orders/updated)`)
    else if (effect === 'returned') returnedLine(refund, line, reading)
    else {
      const order = namedOrder(reading.codes, 'shopify', refund.order_id ?? '', where)
      if (order.ok) cancelledLine(refund, line, order.value, reading)
      else reading.draft.refusals.push(order.error)
    }
  }
}

/** Demand that fell. Its id is the refund's line's, so the refund and its order may both tell it. */
export function cancelledLine(
  refund: Refund,
  line: RefundLine,
  order: NamedOrder,
  reading: Reading,
  ordered?: LineItem,
): void {
  const where = `refund ${refund.id}, line ${line.id}`
  const event = eventOf(refund, line, where, reading, ordered)
  if (!event.ok) return void reading.draft.refusals.push(event.error)
  if (event.value === null) return
  const { goods, ...base } = event.value
  const data = { ...order, lines: [{ line: line.line_item_id, ...goods }] }
  const cancelled = {
    ...base,
    type: 'plimsoll.order.cancelled',
    id: `refund-line/${line.id}/cancelled`,
  } as const
  take(reading.draft, canonicalEvent({ ...cancelled, data }, where))
}

function returnedLine(refund: Refund, line: RefundLine, reading: Reading): void {
  const { codes, draft } = reading
  const where = `refund ${refund.id}, line ${line.id}`
  const event = eventOf(refund, line, where, reading)
  if (!event.ok) return void draft.refusals.push(event.error)
  if (event.value === null) return
  const node = nodeOf(codes, line.location_id, where)
  if (!node.ok) return void draft.refusals.push(node.error)
  const { goods, ...base } = event.value
  const data = { ...goods, node: node.value, disposition: 'sellable', ref: `refund/${refund.id}` } as const
  const returned = {
    ...base,
    type: 'plimsoll.stock.returned',
    id: `refund-line/${line.id}/returned`,
  } as const
  take(draft, canonicalEvent({ ...returned, subject: goods.sku, data }, where))
}

/** Null of nothing. */
function eventOf(
  refund: Refund,
  line: RefundLine,
  where: string,
  { codes, message, delivery }: Reading,
  ordered?: LineItem,
): Result<{ readonly source: string; readonly at: Instant; readonly goods: Goods } | null, Refusal> {
  const item = line.line_item ?? ordered
  if (!item) return err(noItem(where))
  const goods = goodsOf(codes, codesOf(item), line.quantity, where)
  if (!goods.ok || goods.value === null) return goods as Result<null, Refusal>
  const at = momentOf(refund.created_at, delivery, message.receivedAt, where)
  return at.ok ? ok({ source: message.source, at: at.value, goods: goods.value }) : at
}
