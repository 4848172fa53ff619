import * as z from 'zod'
import { Timestamp } from './envelope.ts'

export const ExceptionClass = z.enum([
  'malformed',
  'unauthenticated',
  'unknown-code',
  'unit',
  'conflict',
  'control-total',
  'out-of-policy',
  'unmatched',
])
export type ExceptionClass = z.infer<typeof ExceptionClass>

export const ExceptionStatus = z.enum(['open', 'replayed', 'discarded'])

/** A dead letter as the API lists it and as `exceptions.<region>.<stage>` carries it (there with `body`). */
export const ExceptionRecord = z.object({
  id: z.string(),
  at: Timestamp,
  stage: z.enum(['inbound', 'accept', 'ledger', 'order', 'feed']),
  source: z.string(),
  class: ExceptionClass,
  code: z.string(),
  detail: z.string(),
  attempts: z.number().int(),
  status: ExceptionStatus,
  correlationId: z.string(),
  contentType: z.string().optional(),
  /** The original bytes, base64. */
  body: z.string().optional(),
})
export type ExceptionRecord = z.infer<typeof ExceptionRecord>

/**
 * As `exceptions.<region>.<stage>` carries it: with all that a standby of the region needs to try it again. `body` is absent where it is
 * too large for a message.
 */
export const ExceptionLetter = ExceptionRecord.extend({
  headers: z.record(z.string(), z.string()),
  /** What has to be known before trying it again makes sense. */
  unknown: z.array(z.object({ kind: z.string(), code: z.string(), sku: z.string().optional() })),
})
export type ExceptionLetter = z.infer<typeof ExceptionLetter>
