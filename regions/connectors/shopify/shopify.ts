import type { Codes, Connector, Message, Translation } from '../connector.ts'
import { looksLike, readDocument, recordsIn } from '../market/document.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { emptyDraft, finish, refusedWhole } from '../translation.ts'
import { deliveryOf, type Subject, subjectOf, unwrapped } from './delivery.ts'
import { readFulfillment } from './fulfillment.ts'
import { readLevel } from './level.ts'
import { readOrder } from './order.ts'
import type { Reading } from './reading.ts'
import { readRefund } from './refund.ts'

/**
 * Shopify's webhooks, and saved pages of its REST API. Of the source's profile it reads channel (`shopify` without one),
 * orderNumber, and quantityStates for `available`.
 */
export const shopifyConnector: Connector = { name: 'shopify', recognises, translate }

function recognises(message: Message): boolean {
  return (
    deliveryOf(message).topic !== null ||
    looksLike(message, /"gid:\/\/shopify\/|"inventory_item_id"|"financial_status"|"X-Shopify-Topic"/)
  )
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  orders: 'order',
  inventory_levels: 'level',
  fulfillments: 'fulfillment',
  refunds: 'refund',
}
/** The order itself tells the same, in its own topics. */
const TOLD_ELSEWHERE = new Set([
  'orders/edited',
  'orders/risk_assessment_changed',
  'orders/shopify_protect_eligibility_changed',
])

const READERS: Readonly<
  Record<Subject, { names: readonly string[]; read: (record: unknown, reading: Reading) => void }>
> = {
  order: { names: ['orders', 'order'], read: readOrder },
  level: { names: ['inventory_levels', 'inventory_level'], read: readLevel },
  fulfillment: { names: ['fulfillments', 'fulfillment'], read: readFulfillment },
  refund: { names: ['refunds', 'refund'], read: readRefund },
}

function translate(message: Message, codes: Codes): Translation {
  const document = readDocument(message)
  if (!document.ok) return refusedWhole(document.error)
  const { payload, headers } = unwrapped(document.value, message)
  const delivery = deliveryOf({ headers })
  const { topic, isTest } = delivery
  const draft = emptyDraft()
  if (isTest || (topic !== null && TOLD_ELSEWHERE.has(topic))) {
    draft.warnings.push(`${topic ?? 'a test'}${isTest ? ', a test,' : ''} has no effect`)
    return finish(draft)
  }
  const [kind = ''] = topic?.split('/') ?? []
  const subject = topic === null ? subjectOf(payload) : Object.hasOwn(SUBJECTS, kind) ? SUBJECTS[kind]! : null
  if (subject === null)
    return refusedWhole(
      topic === null
        ? malformed(
            'not-shopify',
            'this is none of the orders, inventory levels, fulfillments or refunds of Shopify',
          )
        : outOfPolicy(
            'unsupported-topic',
            `nothing is read of ${topic.slice(0, 64)} here; unsubscribe from it`,
          ),
    )
  const { names, read } = READERS[subject]
  for (const record of recordsIn(payload, names)) read(record, { message, codes, delivery, draft })
  return finish(draft)
}
