import { parseBoundedJson } from '../../../shared/kernel/bounded-json.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Refusal } from '../connector.ts'
import { decodeText } from '../decode-text.ts'
import { malformed, outOfPolicy } from '../refusals.ts'
import { EPCIS_TYPES } from './epcis-event.ts'

type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The events of a document, of a query's answer, of a bare list, or the one event that the body is. */
export function readEvents(body: Uint8Array): Result<readonly unknown[], Refusal> {
  const { text, isUnicode } = decodeText(body)
  if (/^\s*</.test(text)) {
    return err(outOfPolicy('epcis-xml', 'this is EPCIS in XML; only the JSON-LD of EPCIS 2.0 is taken'))
  }
  if (!isUnicode) return err(malformed('not-utf-8', 'JSON has to be UTF-8'))
  const json = parseBoundedJson(text)
  if (!json.ok) return err(malformed(json.error.code, `the body is not usable JSON: ${json.error.detail}`))
  const events = eventsIn(json.value)
  return events
    ? ok(events)
    : err(malformed('not-epcis', 'the body has neither epcisBody.eventList nor is it an EPCIS event'))
}

export function eventsIn(root: unknown): readonly unknown[] | null {
  if (Array.isArray(root)) return root.some(isEvent) ? root : null
  if (!isFields(root)) return null
  if (isEvent(root)) return [root]
  const body = root['epcisBody']
  if (!isFields(body)) return null
  const results = isFields(body['queryResults']) ? body['queryResults']['resultsBody'] : body
  const list = isFields(results) ? (results['eventList'] ?? results['event']) : undefined
  if (list === undefined || list === null) return null
  return Array.isArray(list) ? list : [list]
}

/** JSON-LD writes the type as `type`; drafts and other serialisers as `isA`, `@type`, or with a prefix. */
export function typeOf(event: Fields): string {
  const type = event['type'] ?? event['isA'] ?? event['@type']
  return typeof type === 'string' ? type.replace(/^(epcis:|https?:\/\/(ref|ns)\.gs1\.org\/epcis\/)/, '') : ''
}

const isEvent = (value: unknown): boolean =>
  isFields(value) && (EPCIS_TYPES as readonly string[]).includes(typeOf(value))
