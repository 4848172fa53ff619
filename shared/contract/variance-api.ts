import * as z from 'zod'
import { Region } from '../domain/ids.ts'
import { Tier } from '../domain/tier.ts'
import { Timestamp } from './envelope.ts'

/** Where two copies of the truth differ: what the centre says of it, and what can be done. */

/**
 * `count`: a source's count against the ledger. `source`: a source's own counter, or its silence. `edge`: the edge against
 * the ledger. `transfer`, `order`, `master`, `policy`: region against region. `journal`: region against centre.
 */
export const VarianceKind = z.enum([
  'count',
  'source',
  'edge',
  'transfer',
  'order',
  'master',
  'policy',
  'journal',
])
export type VarianceKind = z.infer<typeof VarianceKind>

export const VarianceClass = z.enum(['timing', 'missing-event', 'duplicate', 'mapping', 'unit', 'unknown'])
export type VarianceClass = z.infer<typeof VarianceClass>

/**
 * `converged`: the copies agree by themselves. `replayed`: what was missing was told after all. `corrected`: an owner's
 * count, a correction or a re-push put it right. `accepted`: a person lets it be.
 */
export const VarianceState = z.enum(['open', 'converged', 'replayed', 'corrected', 'accepted'])
export type VarianceState = z.infer<typeof VarianceState>

/** What may be done about a variance at this moment: the steps of `POST /v1/variances/{id}/…`. */
export const VarianceAction = z.enum(['accept', 'correct', 'approve', 'reject', 'repair'])
export type VarianceAction = z.infer<typeof VarianceAction>

/** The correction that was proposed to the region. Above the region's limit it waits for a second person. */
export const VarianceProposal = z.object({
  correction: z.string(),
  status: z.enum(['waiting', 'applied', 'rejected']),
  delta: z.number().int(),
  author: z.string(),
  reason: z.string(),
  at: Timestamp,
  /** Up to so many units one person corrects alone there. */
  limitUnits: z.number().int(),
  decidedBy: z.string().nullable(),
})
export type VarianceProposal = z.infer<typeof VarianceProposal>

export const Variance = z.object({
  id: z.string(),
  region: Region,
  kind: VarianceKind,
  class: VarianceClass,
  state: VarianceState,
  /** False while what is in flight may still take it away: then it is `timing`, and no variance yet. */
  isSettled: z.boolean(),
  tier: Tier.nullable(),
  source: z.string().nullable(),
  sku: z.string().nullable(),
  node: z.string().nullable(),
  /** Of a count the state (`onHand` …), of an edge variance the shard's number, else what it is about. */
  subject: z.string(),
  /** What the other says less what the ledger says. */
  difference: z.number().int(),
  /** Of the difference, in minor currency units; null where nobody said what a unit is worth. */
  value: z.number().int().nullable(),
  owner: z.string().nullable(),
  openedAt: Timestamp,
  updatedAt: Timestamp,
  closedAt: Timestamp.nullable(),
  /** How long it stood, or has stood. */
  ageMs: z.number().int(),
  evidence: z.record(z.string(), z.unknown()),
  proposal: VarianceProposal.nullable(),
  actions: z.array(VarianceAction),
})
export type Variance = z.infer<typeof Variance>

export const VarianceStepName = z.enum([
  'in-flight',
  'opened',
  'changed',
  'classified',
  'owned',
  'proposed',
  'rejected',
  'repairing',
  'converged',
  'replayed',
  'corrected',
  'accepted',
])
export type VarianceStepName = z.infer<typeof VarianceStepName>

export const VarianceStep = z.object({
  at: Timestamp,
  what: VarianceStepName,
  by: z.string(),
  detail: z.string(),
})
export type VarianceStep = z.infer<typeof VarianceStep>

export const VarianceWithHistory = Variance.extend({ history: z.array(VarianceStep) })

/** One hour of one class: for lines over time. */
export const VarianceTrend = z.object({
  at: Timestamp,
  class: VarianceClass,
  opened: z.number().int(),
  closed: z.number().int(),
  openedUnits: z.number().int(),
  openedValue: z.number().int(),
})
export type VarianceTrend = z.infer<typeof VarianceTrend>

const Person = z.string().trim().min(1).max(128)
const Reason = z.string().trim().min(1).max(512)

/** `POST /v1/variances/{id}/accept`. Who does it is whoever asks. */
export const ActOnVariance = z.strictObject({ reason: Reason })
/** `POST /v1/variances/{id}/approve`, `/reject` */
export const DecideOnVariance = z.strictObject({ reason: Reason.optional() })
/** `POST /v1/variances/{id}/own`: null gives it back. */
export const OwnVariance = z.strictObject({ owner: Person.nullable() })
/** `POST /v1/variances/{id}/repair` */
export const RepairVariance = z.strictObject({})
/** `POST /v1/variances/{id}/correct`: without a delta, by the whole difference. */
export const CorrectVariance = z.strictObject({ reason: Reason, delta: z.number().int().optional() })
export type CorrectVariance = z.infer<typeof CorrectVariance>
