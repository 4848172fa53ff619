import * as z from 'zod'
import { readRecord } from '../market/document.ts'
import { countLevel } from '../market/level.ts'
import { VendorId } from '../market/vendor-code.ts'
import { momentOf } from './delivery.ts'
import type { Reading } from './reading.ts'

const Level = z.object({
  inventory_item_id: VendorId,
  location_id: VendorId,
  available: z.unknown().optional(),
  updated_at: z.string().nullish(),
})

const DISCONNECTED = 'inventory_levels/disconnect'

/** What a location has to sell of an item; a location that no longer has it has none. */
export function readLevel(record: unknown, reading: Reading): void {
  const { message, draft, delivery } = reading
  const read = readRecord(Level, record, 'inventory level')
  if (!read.ok) return void draft.refusals.push(read.error)
  const { inventory_item_id: item, location_id: place, available, updated_at: updatedAt } = read.value
  const name = `level/${item}/${place}`
  const at = momentOf(updatedAt, delivery, message.receivedAt, name)
  if (!at.ok) return void draft.refusals.push(at.error)
  const value = delivery.topic === DISCONNECTED ? 0 : available
  countLevel(reading, {
    name,
    item: [{ kind: 'inventory_item', code: item }],
    place,
    quantities: [{ kind: 'available', state: 'onHand', value }],
    at: at.value,
    id: delivery.webhookId === null ? undefined : `webhook/${delivery.webhookId}/${name}`,
  })
}
