import type { Codes, Connector, Message, Translation } from '../connector.ts'
import { type Fields, isFields, looksLike, readDocument } from '../market/document.ts'
import type { Reading } from '../market/reading.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { emptyDraft, finish, refusedWhole } from '../translation.ts'
import { readInventory } from './inventory.ts'
import { isNotification, readNotification } from './notification.ts'
import { readOrder } from './order.ts'

/**
 * Walmart's orders and inventory: its notifications, its feeds, and answers of its APIs, as they are polled or forwarded. Of the source's profile it
 * reads channel (`walmart` without one) and quantityStates, by Walmart's own words (`availToSellQty`).
 */
export const walmartConnector: Connector = { name: 'walmart', recognises, translate }

const LOOKS_LIKE = /"(purchaseOrderId|InventoryHeader|shipNodes?|availToSellQty)"\s*:/i
function recognises(message: Message): boolean {
  return looksLike(message, LOOKS_LIKE)
}

function translate(message: Message, codes: Codes): Translation {
  const document = readDocument(message)
  if (!document.ok) return refusedWhole(document.error)
  const reading = { message, codes, draft: emptyDraft() }
  for (const it of Array.isArray(document.value) ? document.value : [document.value]) readOne(it, reading)
  return finish(reading.draft)
}

/** Around orders and inventories: `{list: {elements: {order: […]}}}`, `{InventoryHeader, Inventory: […]}`, `{payload: […]}` … */
const WRAPPERS = ['list', 'elements', 'payload', 'inventories', 'inventory', 'orders', 'order'] as const

function readOne(document: unknown, reading: Reading, depth = 0): void {
  if (isFields(document) && depth < 6) {
    if (isNotification(document)) return readNotification(document, reading)
    if ('purchaseOrderId' in document && 'orderLines' in document) return readOrder(document, reading)
    if ('sku' in document) return readInventory(document, reading)
    const names = new Map(Object.keys(document).map((name) => [name.toLowerCase(), name]))
    const inner = WRAPPERS.find(
      (name) => isFields(document[names.get(name) ?? '']) || Array.isArray(document[names.get(name) ?? '']),
    )
    if (inner !== undefined) {
      const value = document[names.get(inner)!]
      for (const it of Array.isArray(value) ? value : [value]) readOne(it, reading, depth + 1)
      return
    }
  }
  reading.draft.refusals.push(refusalOf(isFields(document) ? document : {}))
}

function refusalOf(document: Fields) {
  const { eventType } = document
  if (typeof eventType !== 'string')
    return malformed('not-walmart', 'a record is neither an order nor an inventory of Walmart')
  const detail = `${eventType.slice(0, 64)} names things without saying what they are; forward the order or the inventory itself`
  return outOfPolicy('unsupported-topic', detail)
}
