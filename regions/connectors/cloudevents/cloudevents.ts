import type { CanonicalEvent } from '../../../shared/contract/events.ts'
import { formatInstant } from '../../../shared/kernel/clock.ts'
import { err, type Result } from '../../../shared/kernel/result.ts'
import { checkedEvent } from '../canonical-event.ts'
import type { Codes, Connector, Message, Refusal, Translation } from '../connector.ts'
import { decodeText } from '../decode-text.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { emptyDraft, finish, refusedWhole, take, type Draft } from '../translation.ts'
import { isBinary, isCloudEventsType, isJsonType, readEntries, type Entry } from './content-mode.ts'
import { isFields, withOwnCodes, type Fields } from './own-codes.ts'

/** Sources that speak our own language: canonical types in CloudEvents 1.0, with their own codes if they like. */
export const cloudeventsConnector: Connector = {
  name: 'cloudevents',
  recognises: (message) =>
    isCloudEventsType(message.contentType) || isBinary(message) || looksStructured(message),
  translate,
}

function translate(message: Message, codes: Codes): Translation {
  const entries = readEntries(message)
  if (!entries.ok) return refusedWhole(entries.error)
  const draft = emptyDraft()
  for (const entry of entries.value) take(draft, understand(entry, message, codes, draft))
  return finish(draft)
}

function understand(
  { where, event }: Entry,
  message: Message,
  codes: Codes,
  draft: Draft,
): Result<CanonicalEvent, Refusal> {
  if (!isFields(event)) return err(malformed('not-an-event', `${where}: a CloudEvent is a JSON object`))
  const type = event['type']
  const refusal = refusalOf(event, where)
  if (refusal) return err(refusal)
  const envelope = inOurEnvelope(event, message)
  if (event['time'] === undefined || event['time'] === null) {
    draft.warnings.push(`${where}: has no time; the time it came in stands for it`)
  }
  const mapped = withOwnCodes(type as string, envelope, codes, where)
  return mapped.ok ? checkedEvent(mapped.value, where) : mapped
}

/** What can be said better than by the schema. */
function refusalOf(event: Fields, where: string): Refusal | null {
  const { type, specversion } = event as { type?: unknown; specversion?: unknown }
  if (specversion !== '1.0') {
    return malformed(
      'not-cloudevents-1.0',
      `${where}: specversion is ${JSON.stringify(specversion)}, not "1.0"`,
    )
  }
  if (typeof type !== 'string') return malformed('invalid-event', `${where}: type is missing`)
  if (!type.startsWith('plimsoll.')) {
    return outOfPolicy(
      'foreign-type',
      `${where}: ${type.slice(0, 128)} is no type of ours; only plimsoll.* is taken`,
    )
  }
  if (event['data_base64'] !== undefined && event['data_base64'] !== null) {
    return malformed('data-base64', `${where}: data_base64 is not taken; send the data as JSON in data`)
  }
  const contentType = event['datacontenttype']
  if (typeof contentType === 'string' && !isJsonType(contentType)) {
    return malformed('data-not-json', `${where}: the data is ${contentType.slice(0, 64)}; only JSON is taken`)
  }
  return null
}

/**
 * The facts of a source are kept under the name the hub knows it by. CloudEvents makes ids unique within the event's own
 * `source`, so where that is another name, it goes into the id: two machines behind one source may both count from 1.
 * A JSON null means that the attribute is absent (CloudEvents JSON format, 2.2).
 */
function inOurEnvelope(event: Fields, message: Message): Fields {
  const present = Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null))
  const { source, id, time = formatInstant(message.receivedAt), ...rest } = present
  const isOwn = typeof source !== 'string' || source === '' || source === message.source
  return {
    ...rest,
    ...(rest['datacontenttype'] === undefined ? {} : { datacontenttype: 'application/json' }),
    time,
    source: message.source,
    id: isOwn || typeof id !== 'string' || id === '' ? id : `${source} ${id}`,
  }
}

function looksStructured(message: Message): boolean {
  const { text } = decodeText(message.body.subarray(0, SNIFFED_BYTES))
  return /^\s*[[{]/.test(text) && text.includes('"specversion"')
}

/** Enough to recognise an event; in all that we have seen its attributes come before its data. */
const SNIFFED_BYTES = 65_536
