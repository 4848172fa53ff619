import type { Codes, Connector, Message, Translation } from '../connector.ts'
import { isFields, looksLike, readDocument, recordsIn } from '../market/document.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { emptyDraft, finish, refusedWhole } from '../translation.ts'
import { readOrder } from './order.ts'
import { readProduct } from './product.ts'

/**
 * WooCommerce's webhooks, and saved answers of its REST API. Of the source's profile it reads channel (`woocommerce` without one),
 * orderNumber, orderStatuses, and quantityStates for `stock_quantity`.
 */
export const woocommerceConnector: Connector = { name: 'woocommerce', recognises, translate }

function recognises(message: Message): boolean {
  return (
    message.headers['x-wc-webhook-topic'] !== undefined ||
    looksLike(message, /"order_key"\s*:\s*"wc_order_|"manage_stock"\s*:/)
  )
}

/** What is sent when a webhook is made, to see whether anybody is there: no JSON, and not signed. */
export const isWooCommercePing = (text: string): boolean => /^webhook_id=\d{1,20}$/.test(text)

function translate(message: Message, codes: Codes): Translation {
  const draft = emptyDraft()
  const document = readDocument(message)
  if (!document.ok) {
    if (!isWooCommercePing(new TextDecoder().decode(message.body))) return refusedWhole(document.error)
    draft.warnings.push('the ping of a new webhook; no effect')
    return finish(draft)
  }
  const reading = { message, codes, draft }
  const [kind, change] = message.headers['x-wc-webhook-topic']?.toLowerCase().split('.') ?? []
  for (const record of recordsIn(document.value, ['orders', 'order', 'products', 'product'])) {
    const subject = kind ?? subjectOf(record)
    if (subject === 'order') readOrder(record, reading, change === 'deleted')
    else if (subject === 'product' && change === 'deleted')
      draft.warnings.push('a product was deleted, which says nothing of its stock; no effect')
    else if (subject === 'product') readProduct(record, reading)
    else if (subject === null)
      draft.refusals.push(
        malformed('not-woocommerce', 'a record is neither an order nor a product of WooCommerce'),
      )
    else {
      const detail = `nothing is read of ${subject.slice(0, 64)} here; remove that webhook`
      draft.refusals.push(outOfPolicy('unsupported-topic', detail))
    }
  }
  return finish(draft)
}

function subjectOf(record: unknown): 'order' | 'product' | null {
  if (!isFields(record)) return null
  if ('line_items' in record && ('order_key' in record || 'status' in record)) return 'order'
  return 'manage_stock' in record || 'stock_quantity' in record ? 'product' : null
}
