import { type Instant, parseInstant } from '../../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Message, Refusal } from '../connector.ts'
import { type Fields, isFields } from '../market/document.ts'
import { malformed } from '../refusals.ts'

/** What Shopify says of a webhook in its headers: under the names of today's, or of the newer deliveries. */
export type Delivery = {
  /** `orders/create` … Null of a page that was saved. */
  readonly topic: string | null
  /** The same when a delivery is tried again. */
  readonly webhookId: string | null
  readonly triggeredAt: Instant | null
  readonly isTest: boolean
}

/** By an event bus a webhook comes as `{detail: {metadata, payload}}`; what else are headers are then its metadata. */
export function unwrapped(
  document: unknown,
  { headers }: Message,
): { readonly payload: unknown; readonly headers: Message['headers'] } {
  const detail = isFields(document) ? document['detail'] : undefined
  if (!isFields(detail) || !isFields(detail['metadata']) || !('payload' in detail))
    return { payload: document, headers }
  const said = Object.entries(detail['metadata']).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return {
    payload: detail['payload'],
    headers: Object.fromEntries(said.map(([name, value]) => [name.toLowerCase(), value])),
  }
}

export function deliveryOf({ headers }: Pick<Message, 'headers'>): Delivery {
  const said = (name: string): string | null =>
    headers[`x-shopify-${name}`] ?? headers[`shopify-${name}`] ?? null
  const triggeredAt = said('triggered-at')
  return {
    topic: said('topic')?.toLowerCase() ?? null,
    webhookId: said('webhook-id'),
    triggeredAt: triggeredAt === null ? null : parseInstant(triggeredAt),
    isTest: said('test') === 'true',
  }
}

export type Subject = 'order' | 'level' | 'fulfillment' | 'refund'

/** Of which of its things a body speaks, when no header says so. */
export function subjectOf(document: unknown): Subject | null {
  if (!isFields(document)) return null
  const has = (...names: string[]): boolean => names.every((name) => Object.hasOwn(document as Fields, name))
  if (has('orders') || has('order') || has('line_items', 'financial_status')) return 'order'
  if (has('inventory_levels') || has('inventory_level') || has('inventory_item_id', 'location_id'))
    return 'level'
  if (has('refunds') || has('refund') || has('refund_line_items')) return 'refund'
  return has('fulfillments') || has('fulfillment') || has('line_items', 'tracking_numbers')
    ? 'fulfillment'
    : null
}

/**
 * When something became what it is. Shopify cuts its times to the second, in which more than one change may fall: the
 * moment at which the delivery was triggered tells them apart.
 */
export function momentOf(
  stated: string | null | undefined,
  { triggeredAt }: Delivery,
  receivedAt: Instant,
  where: string,
): Result<Instant, Refusal> {
  if (stated === null || stated === undefined) return ok(triggeredAt ?? receivedAt)
  const at = parseInstant(stated)
  if (at === null)
    return err(malformed('no-date', `${where}: ${JSON.stringify(stated.slice(0, 40))} is no time`))
  const isOfThatSecond = triggeredAt !== null && Math.floor(triggeredAt / 1000) === Math.floor(at / 1000)
  return ok(isOfThatSecond ? triggeredAt : at)
}
