import * as z from 'zod'
import { isNegative, NOTHING, textOf } from '../../../shared/domain/decimal.ts'
import { formatInstant } from '../../../shared/kernel/clock.ts'
import { canonicalEvent } from '../canonical-event.ts'
import { nodeOf, skuOf, VendorId } from '../market/vendor-code.ts'
import { readRecord } from '../market/document.ts'
import { checkQuantity, counted } from '../stated-quantity.ts'
import { take } from '../translation.ts'
import { momentOf } from './delivery.ts'
import type { Reading } from './reading.ts'

const Level = z.object({
  inventory_item_id: VendorId,
  location_id: VendorId,
  available: z.unknown().optional(),
  updated_at: z.string().nullish(),
})

const DISCONNECTED = 'inventory_levels/disconnect'

/**
 * How much of an item a location has to sell: all of it, not a change. Nothing is not zero: of an item that Shopify does not
 * count it knows no quantity. Below zero means that more was sold than there is, so there is nothing.
 */
export function readLevel(record: unknown, { message, codes, draft, delivery }: Reading): void {
  const read = readRecord(Level, record, 'inventory level')
  if (!read.ok) return void draft.refusals.push(read.error)
  const { inventory_item_id: item, location_id: location, available, updated_at: updatedAt } = read.value
  const where = `inventory level of ${item} at ${location}`
  const state = codes.profile.quantityStates?.['available'] ?? 'onHand'
  if (state === 'ignore')
    return void draft.warnings.push(`${where}: this source's levels have no effect (quantityStates)`)
  const isGone = delivery.topic === DISCONNECTED
  if (!isGone && (available === null || available === undefined))
    return void draft.warnings.push(`${where}: Shopify does not count it, so it has no quantity; no effect`)
  const stated = checkQuantity(isGone ? 0 : available, where)
  if (!stated.ok) return void draft.refusals.push(stated.error)
  if (isNegative(stated.value))
    draft.warnings.push(`${where}: ${textOf(stated.value)} is more sold than there is; counted as 0`)
  const sku = skuOf(codes, [{ kind: 'inventory_item', code: item }], where)
  if (!sku.ok) return void draft.refusals.push(sku.error)
  const node = nodeOf(codes, location, where)
  if (!node.ok) return void draft.refusals.push(node.error)
  const at = momentOf(updatedAt, delivery, message.receivedAt, where)
  if (!at.ok) return void draft.refusals.push(at.error)
  const quantity = isNegative(stated.value) ? NOTHING : stated.value
  const count = counted(codes, { sku: sku.value, uom: undefined }, quantity, where)
  if (!count.ok) return void draft.refusals.push(count.error)
  const { webhookId } = delivery
  const name = `level/${item}/${location}`
  take(
    draft,
    canonicalEvent(
      {
        type: 'plimsoll.stock.counted',
        id:
          webhookId === null ? `${name}/${at.value}/${count.value.quantity}` : `webhook/${webhookId}/${name}`,
        source: message.source,
        at: at.value,
        subject: sku.value,
        data: {
          sku: sku.value,
          node: node.value,
          states: { [state]: count.value.quantity },
          asOf: formatInstant(at.value),
        },
      },
      where,
    ),
  )
}
