import type * as z from 'zod'
import { parseBoundedJson } from '../../../shared/kernel/bounded-json.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Message, Refusal } from '../connector.ts'
import { decodeText } from '../decode-text.ts'
import { malformed } from '../refusals.ts'

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A webhook's body, or a page of an API that was saved: a recorded call's answer counts, what was asked does not. */
export function readDocument(message: Message): Result<unknown, Refusal> {
  const { text, isUnicode } = decodeText(message.body)
  if (!isUnicode) return err(malformed('not-utf-8', 'JSON has to be UTF-8'))
  const json = parseBoundedJson(text)
  if (!json.ok) return err(malformed(json.error.code, `the body is not usable JSON: ${json.error.detail}`))
  return ok(answerOf(json.value))
}

function answerOf(document: unknown): unknown {
  if (!isFields(document) || !isFields(document['response'])) return document
  return 'request' in document || '_request' in document ? document['response'] : document
}

/** What is looked for in a body before it is parsed: whose format it seems to be. */
export const looksLike = (message: Message, pattern: RegExp): boolean => {
  const { text } = decodeText(message.body)
  return /^\s*[[{]/.test(text) && pattern.test(text)
}

/** One of a vendor's records against what is read of it; everything else in it is let be. */
export function readRecord<T>(schema: z.ZodType<T>, record: unknown, where: string): Result<T, Refusal> {
  const parsed = schema.safeParse(record)
  if (parsed.success) return ok(parsed.data)
  const issues = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'record'} ${message}`)
  return err(malformed('unreadable-record', `${where}: ${issues.join('; ')}`))
}

/** The records of a page, under the first of these names that it has; a single one is a page of one. */
export function recordsIn(document: unknown, names: readonly string[]): readonly unknown[] {
  if (Array.isArray(document)) return document
  const name = isFields(document) ? names.find((it) => Object.hasOwn(document, it)) : undefined
  const found = name === undefined ? document : (document as Fields)[name]
  return Array.isArray(found) ? found : [found]
}
