import { parseBoundedJson } from '../../../shared/kernel/bounded-json.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Message, Refusal } from '../connector.ts'
import { decodeText } from '../decode-text.ts'
import { malformed } from '../refusals.ts'

/** The events a message carries, not yet checked; `where` is how an operator finds each. */
export type Entry = { readonly where: string; readonly event: unknown }

const PREFIX = 'ce-'

/**
 * The content modes of CloudEvents 1.0 (HTTP and NATS bindings):
 *   batch       application/cloudevents-batch+json, or any JSON array
 *   structured  application/cloudevents+json, or JSON without a word about it
 *   binary      attributes in `ce-*` headers, the body is the data
 */
export function readEntries(message: Message): Result<readonly Entry[], Refusal> {
  if (isBinary(message)) return readBinary(message)
  const { text, isUnicode } = decodeText(message.body)
  if (!isUnicode) return err(malformed('not-utf-8', 'JSON has to be UTF-8'))
  const json = parseBoundedJson(text)
  if (!json.ok) return err(malformed(json.error.code, `the body is not usable JSON: ${json.error.detail}`))
  if (!Array.isArray(json.value)) return ok([{ where: 'event', event: json.value }])
  return ok(
    (json.value as unknown[]).map((event, index) => ({ where: `event ${index}${idOf(event)}`, event })),
  )
}

/** The media type says structured, even if a proxy added ce- headers too. */
export const isCloudEventsType = (contentType: string | null): boolean =>
  contentType !== null && /^\s*application\/cloudevents/i.test(contentType)

export const isBinary = (message: Message): boolean =>
  !isCloudEventsType(message.contentType) &&
  (message.headers['ce-specversion'] !== undefined || message.headers['ce-type'] !== undefined)

function readBinary(message: Message): Result<readonly Entry[], Refusal> {
  const attributes = Object.entries(message.headers)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, value]) => [name.slice(PREFIX.length), percentDecoded(value)])
  const event: Record<string, unknown> = Object.fromEntries(attributes)
  const declared = message.contentType ?? event['datacontenttype']
  if (typeof declared === 'string') event['datacontenttype'] = declared
  if (message.body.length === 0) return ok([{ where: 'event', event }])
  if (typeof declared === 'string' && !isJsonType(declared)) return ok([{ where: 'event', event }])
  const { text, isUnicode } = decodeText(message.body)
  const json = isUnicode ? parseBoundedJson(text) : err({ code: 'not-json', detail: 'not UTF-8' })
  if (!json.ok) {
    return err(
      malformed(json.error.code, `the data of a binary event is not usable JSON: ${json.error.detail}`),
    )
  }
  return ok([{ where: 'event', event: { ...event, data: json.value } }])
}

export const isJsonType = (contentType: string): boolean =>
  /^\s*[a-z0-9.!#$&^_-]+\/([a-z0-9.!#$&^_-]+\+)?json\s*(;|$)/i.test(contentType)

/** The bindings percent-encode header values; one that isn't valid stands as it came. */
function percentDecoded(value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

function idOf(event: unknown): string {
  const id = typeof event === 'object' && event !== null && 'id' in event ? event.id : undefined
  return typeof id === 'string' ? ` (id ${id.slice(0, 64)})` : ''
}
