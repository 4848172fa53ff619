import * as z from 'zod'
import { Timestamp } from './envelope.ts'

const whole = z.number().int().optional()

/** What a fact changed, and of what; a state that it left alone is absent. Demand that no node has yet is of node null. */
const JournalEffect = z.object({
  sku: z.string(),
  node: z.string().nullable(),
  lot: z.string().optional(),
  onHand: whole,
  damaged: whole,
  quarantined: whole,
  inTransit: whole,
  expected: whole,
  reserved: whole,
  allocated: whole,
  picked: whole,
  /** What a count said was there, as of its moment: a state stands on it, and on what moved since. */
  counted: z.object({ asOf: Timestamp, onHand: whole, damaged: whole, quarantined: whole }).optional(),
})

/** A fact or decision as the ledger took it in, and what it did. */
export const JournalEntry = z.object({
  entry: z.number().int(),
  stream: z.string(),
  streamSequence: z.number().int(),
  recordedAt: Timestamp,
  status: z.enum(['accepted', 'duplicate', 'conflict']),
  version: z.number().int().nullable(),
  event: z.looseObject({ id: z.string(), source: z.string(), type: z.string() }),
  effects: z.array(JournalEffect),
  isPartial: z.literal(true).optional(),
})
export type JournalEntry = z.infer<typeof JournalEntry>

/** Whole messages of one stream as the journal has them, in the order in which they were taken. */
export const JournalMessages = z.object({
  messages: z.array(
    z.object({
      sequence: z.number().int(),
      facts: z.array(z.looseObject({ id: z.string(), source: z.string(), type: z.string() })),
    }),
  ),
  cursor: z.string().nullable(),
  /** The last sequence of the stream that is in the journal. */
  upTo: z.number().int(),
})
export type JournalMessages = z.infer<typeof JournalMessages>

export const JournalPage = z.object({ entries: z.array(JournalEntry), cursor: z.string().nullable() })
