import { parseBoundedJson } from '../../../shared/kernel/bounded-json.ts'
import { type Fields, isFields } from '../market/document.ts'

/** Nothing wraps deeper: a queue's batch, a topic's message, the notification. */
const WRAPPED_MAX = 5

/**
 * The notifications in what a forwarder hands on: one as it is, in EventBridge's event (`detail`), in a topic's message, or in a
 * queue's batch (of a Lambda, or of ReceiveMessage). Null stands for one that is not what it should be.
 */
export function notificationsIn(document: unknown, depth = 0): readonly (Fields | null)[] {
  const inner = (value: unknown): readonly (Fields | null)[] =>
    depth === WRAPPED_MAX ? [null] : notificationsIn(value, depth + 1)
  if (typeof document === 'string') {
    const json = parseBoundedJson(document)
    return json.ok && typeof json.value !== 'string' ? inner(json.value) : [null]
  }
  if (Array.isArray(document)) return document.flatMap(inner)
  if (!isFields(document)) return [null]
  for (const name of ['Records', 'Messages'])
    if (Array.isArray(document[name])) return document[name].flatMap(inner)
  if ('detail-type' in document && 'detail' in document) return inner(document['detail'])
  if (document['Type'] === 'Notification' && 'Message' in document) return inner(document['Message'])
  if ('receiptHandle' in document && 'body' in document) return inner(document['body'])
  if ('ReceiptHandle' in document && 'Body' in document) return inner(document['Body'])
  return [document]
}
