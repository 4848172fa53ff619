import * as z from 'zod'
import { type Decimal, isZero } from '../../../shared/domain/decimal.ts'
import type { CanonicalEvent } from '../../../shared/contract/events.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { err, type Result } from '../../../shared/kernel/result.ts'
import { canonicalEvent } from '../canonical-event.ts'
import type { Refusal } from '../connector.ts'
import { orderRefOf } from '../market/demand.ts'
import { readRecord } from '../market/document.ts'
import { nodeOf, skuOf, VendorId } from '../market/vendor-code.ts'
import { noItem, outOfPolicy } from '../refusals.ts'
import { checkQuantity, counted, notNegative } from '../stated-quantity.ts'
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
    else if (effect === 'cancelled') cancelledLine(refund, line, refund.order_id ?? '', reading)
    else take(reading.draft, returned(refund, line, where, reading))
  }
}

/** Demand that fell. Its id is the refund's line's, so the refund and its order may both tell it. */
export function cancelledLine(
  refund: Refund,
  line: RefundLine,
  orderNumber: string,
  { codes, message, delivery, draft }: Reading,
  ordered: LineItem | null = null,
): void {
  const where = `refund ${refund.id}, line ${line.id}`
  const named = orderRefOf(codes, 'shopify', orderNumber, where)
  if (!named.ok) return void draft.refusals.push(named.error)
  const goods = goodsOf(refund, line, where, { codes, message, delivery, draft }, ordered)
  if (!goods.ok) return void draft.refusals.push(goods.error)
  if (goods.value === null) return
  const { at, ...counted } = goods.value
  take(
    draft,
    canonicalEvent(
      {
        type: 'plimsoll.order.cancelled',
        id: `refund-line/${line.id}/cancelled`,
        source: message.source,
        at,
        data: { ...named.value, lines: [{ line: line.line_item_id, ...counted }] },
      },
      where,
    ),
  )
}

function returned(
  refund: Refund,
  line: RefundLine,
  where: string,
  reading: Reading,
): Result<CanonicalEvent | readonly CanonicalEvent[], Refusal> {
  const goods = goodsOf(refund, line, where, reading, null)
  if (!goods.ok) return goods
  if (goods.value === null) return { ok: true, value: [] }
  const node = nodeOf(reading.codes, line.location_id, where)
  if (!node.ok) return node
  const { at, sku, ...counted } = goods.value
  return canonicalEvent(
    {
      type: 'plimsoll.stock.returned',
      id: `refund-line/${line.id}/returned`,
      source: reading.message.source,
      at,
      subject: sku,
      data: { sku, node: node.value, ...counted, disposition: 'sellable', ref: `refund/${refund.id}` },
    },
    where,
  )
}

type Goods = { readonly sku: string; readonly quantity: number; readonly at: Instant }

/** Null of nothing. */
function goodsOf(
  refund: Refund,
  line: RefundLine,
  where: string,
  { codes, message, delivery }: Reading,
  ordered: LineItem | null,
): Result<Goods | null, Refusal> {
  const item = line.line_item ?? ordered
  if (!item) return err(noItem(where))
  const sku = skuOf(codes, codesOf(item), where)
  if (!sku.ok) return sku
  const stated: Result<Decimal, Refusal> = notNegative(checkQuantity(line.quantity, where), where)
  if (!stated.ok) return stated
  if (isZero(stated.value)) return { ok: true, value: null }
  const count = counted(codes, { sku: sku.value, uom: undefined }, stated.value, where)
  if (!count.ok) return count
  const at = momentOf(refund.created_at, delivery, message.receivedAt, where)
  return at.ok ? { ok: true, value: { sku: sku.value, quantity: count.value.quantity, at: at.value } } : at
}
