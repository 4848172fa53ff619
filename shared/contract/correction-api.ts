import * as z from 'zod'
import { Lot, NodeId, Sku } from '../domain/ids.ts'
import { SignedQuantity } from '../domain/quantity.ts'
import { Timestamp } from './envelope.ts'

/** What a person may correct: what lies there. The rest follows from orders, or is derived. */
export const CorrectableState = z.enum(['onHand', 'damaged', 'quarantined'])
export type CorrectableState = z.infer<typeof CorrectableState>

export const CorrectionStatus = z.enum(['waiting', 'applied', 'rejected'])
export type CorrectionStatus = z.infer<typeof CorrectionStatus>

const Person = z.string().trim().min(1).max(128)
const Reason = z.string().trim().min(1).max(512)

/** `POST /v1/corrections`: so many base units more or less of a state. */
export const ProposeCorrection = z.strictObject({
  sku: Sku,
  node: NodeId,
  lot: Lot.optional(),
  state: CorrectableState,
  delta: SignedQuantity,
  reason: Reason,
  author: Person,
})
export type ProposeCorrection = z.infer<typeof ProposeCorrection>

/** `POST /v1/corrections/{id}/approve` and `/reject`. */
export const DecideCorrection = z.strictObject({ author: Person, reason: Reason.optional() })
export type DecideCorrection = z.infer<typeof DecideCorrection>

export const CorrectionAnswer = z.object({
  id: z.string(),
  status: CorrectionStatus,
  sku: z.string(),
  node: z.string(),
  lot: z.string().optional(),
  state: CorrectableState,
  delta: z.number().int(),
  reason: z.string(),
  author: z.string(),
  proposedAt: Timestamp,
  /** Up to so many units one person corrects alone, and by which policy's scope; null where there was none. */
  limit: z.object({ units: z.number().int(), scope: z.string().nullable() }),
  /** By whom and when it was approved or rejected; absent while it waits, and where it needed nobody. */
  decision: z.object({ author: z.string(), at: Timestamp, reason: z.string().optional() }).optional(),
  correlationId: z.string(),
})
export type CorrectionAnswer = z.infer<typeof CorrectionAnswer>
