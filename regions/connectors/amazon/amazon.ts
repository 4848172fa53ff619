import type { Codes, Connector, Message, Translation } from '../connector.ts'
import { type Fields, isFields, looksLike, readDocument, readRecord } from '../market/document.ts'
import type { Reading } from '../market/reading.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { emptyDraft, finish, refusedWhole } from '../translation.ts'
import { notificationsIn } from './envelope.ts'
import { readOutcome } from './external-inventory.ts'
import { readAvailability, readSummary } from './fba.ts'
import { Notification } from './notification.ts'
import { readOrderChange } from './order-change.ts'

/**
 * Notifications of Amazon's Selling Partner API, as a queue or an event bus hands them on, and answers of its inventory APIs. Of the
 * source's profile it reads channel (`amazon` without one) and quantityStates, by Amazon's own words (`Fulfillable`).
 */
export const amazonConnector: Connector = { name: 'amazon', recognises, translate }

const LOOKS_LIKE =
  /"(NotificationVersion|AmazonOrderId|FulfillmentInventoryByMarketplace|inventorySummaries|clientSequenceNumber)\\?"\s*:/
function recognises(message: Message): boolean {
  // A JSON schema speaks of all of it, and says nothing.
  return looksLike(message, LOOKS_LIKE) && !looksLike(message, /^\s*\{\s*"\$schema"/)
}

/** They tell of offers, not of stock; what a quantity there becomes is an echo of what we said. */
const NO_EFFECT = /^(LISTINGS_|ANY_OFFER_|B2B_ANY_OFFER_|PRICING_|ITEM_PRODUCT_|BRANDED_|PRODUCT_TYPE_)/

function translate(message: Message, codes: Codes): Translation {
  const document = readDocument(message)
  if (!document.ok) return refusedWhole(document.error)
  const reading = { message, codes, draft: emptyDraft() }
  for (const found of notificationsIn(document.value)) {
    if (found === null) reading.draft.refusals.push(NOT_AMAZON)
    else readOne(found, reading)
  }
  return finish(reading.draft)
}

const NOT_AMAZON = malformed(
  'not-amazon',
  'this is no notification of the SP-API, nor an answer of its inventory APIs',
)

function readOne(found: Fields, reading: Reading): void {
  const { draft } = reading
  if (Array.isArray(found['responses']))
    return found['responses'].forEach((it: unknown, index) => readOutcome(it, index, reading))
  if ('sellableQuantity' in found) return readOutcome({ body: found }, 0, reading)
  const page = isFields(found['payload']) ? found['payload'] : found
  if (Array.isArray(page['inventorySummaries'])) {
    const { granularityId } = isFields(page['granularity']) ? page['granularity'] : {}
    const marketplace = typeof granularityId === 'string' ? granularityId : null
    return page['inventorySummaries'].forEach((it: unknown) => readSummary(it, marketplace, reading))
  }
  if (!('Payload' in found)) return void draft.refusals.push(NOT_AMAZON)
  const notification = readRecord(Notification, found, 'notification')
  if (!notification.ok) return void draft.refusals.push(notification.error)
  const type = notification.value.NotificationType ?? typeOf(notification.value.Payload)
  if (type === 'ORDER_CHANGE') return readOrderChange(notification.value, reading)
  if (type === 'FBA_INVENTORY_AVAILABILITY_CHANGES') return readAvailability(notification.value, reading)
  if (type !== null && NO_EFFECT.test(type))
    return void draft.warnings.push(`${type} tells of no stock; no effect`)
  const detail = `nothing is read of ${(type ?? 'a notification without a type').slice(0, 64)} here; end that subscription`
  draft.refusals.push(outOfPolicy('unsupported-topic', detail))
}

/** Some notifications have no type; their payload shows it. */
function typeOf(payload: unknown): string | null {
  if (!isFields(payload)) return null
  if ('OrderChangeNotification' in payload) return 'ORDER_CHANGE'
  return 'FulfillmentInventoryByMarketplace' in payload ? 'FBA_INVENTORY_AVAILABILITY_CHANGES' : null
}
