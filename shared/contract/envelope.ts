import * as z from 'zod'
import { parseInstant } from '../kernel/clock.ts'
import { Region, Sku } from '../domain/ids.ts'

/** RFC 3339, as CloudEvents 1.0 and our API use it. */
export const Timestamp = z
  .string()
  .max(40)
  .refine((text) => parseInstant(text) !== null, 'not an RFC 3339 time')

/** CloudEvents 1.0 forbids empty ids and sources; the length limit is ours (an index key has to be bounded). */
const Name = z.string().min(1).max(256)

/**
 * The attributes that every canonical event carries (CloudEvents 1.0, structured JSON). Unknown extensions are kept.
 * `sequence` is the source's own counter; `businesskey` is what makes two deliveries the same business fact.
 */
export const Envelope = z.looseObject({
  specversion: z.literal('1.0'),
  id: Name,
  source: Name,
  type: z.string().startsWith('plimsoll.').max(64),
  time: Timestamp,
  subject: z.string().min(1).max(256).optional(),
  datacontenttype: z.literal('application/json').optional(),
  region: Region.optional(),
  correlationid: Name.optional(),
  traceparent: z.string().max(128).optional(),
  sequence: z
    .union([z.number().int().min(0), z.string().regex(/^\d{1,15}$/)])
    .transform(Number)
    .optional(),
  businesskey: Name.optional(),
})

export const SkuSubject = Envelope.extend({ subject: Sku })
