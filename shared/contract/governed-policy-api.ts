import * as z from 'zod'
import { Region } from '../domain/ids.ts'
import { type PolicyKind, PolicyKinds } from '../domain/policy.ts'
import { PolicyScope } from '../domain/policy-scope.ts'
import { Timestamp } from './envelope.ts'
import { LocalChanges, PolicyPreview, PolicyReport } from './policy-bundle.ts'
import { FieldError } from './problem.ts'

/** Policies as the centre governs them: proposed, agreed to, in force, replaced. */

/** `*`: all regions. For one region what is said of it wins over what is said of all. */
export const PolicyTarget = z.union([z.literal('*'), Region])
export type PolicyTarget = z.infer<typeof PolicyTarget>

export const GovernedKind = z.enum(PolicyKinds as [PolicyKind, ...PolicyKind[]])

export const GovernedState = z.enum(['proposed', 'active', 'replaced', 'rejected'])
export type GovernedState = z.infer<typeof GovernedState>

const named = { region: PolicyTarget, kind: GovernedKind, scope: PolicyScope }
const Reason = z.string().trim().min(1).max(512)
/** What the rule says, without who and why: its fields depend on the kind, and are checked by it. */
const RuleBody = z.record(z.string(), z.unknown())

export const ProposePolicy = z.strictObject({
  ...named,
  body: RuleBody,
  reason: Reason,
  localChanges: LocalChanges.default('narrower'),
  /** The version that was looked at; when another is in force by now it is refused. 0: there was none. */
  basedOn: z.number().int().min(0).optional(),
})
export type ProposePolicy = z.infer<typeof ProposePolicy>

export const TryPolicy = z.strictObject({
  ...named,
  body: RuleBody,
  classes: z.array(z.string().min(1).max(129)).max(20).optional(),
  skusMax: z.number().int().min(1).max(20_000).optional(),
})
export type TryPolicy = z.infer<typeof TryPolicy>

export const RollBackPolicy = z.strictObject({
  ...named,
  /** One that was in force before. */
  toVersion: z.number().int().min(1),
  reason: Reason,
})
export type RollBackPolicy = z.infer<typeof RollBackPolicy>

export const DecidePolicy = z.strictObject({ reason: Reason.optional() })
export const RejectPolicy = z.strictObject({ reason: Reason })

export const GovernedPolicy = z.object({
  id: z.string(),
  ...named,
  version: z.number().int(),
  state: GovernedState,
  body: RuleBody,
  localChanges: LocalChanges,
  author: z.string(),
  authorName: z.string(),
  reason: z.string(),
  proposedAt: Timestamp,
  /** The version that was in force when it was proposed; 0 when none was. */
  basedOn: z.number().int(),
  /** Whether somebody else than its author has to agree. */
  needsSecondPerson: z.boolean(),
  approver: z.string().nullable(),
  approverName: z.string().nullable(),
  decidedAt: Timestamp.nullable(),
  decisionReason: z.string().nullable(),
  /** The centre's count of activations, when it was activated. */
  revision: z.number().int().nullable(),
  /** The version that it brings back. */
  rollbackOf: z.number().int().nullable(),
})
export type GovernedPolicy = z.infer<typeof GovernedPolicy>

/** A field that is another: `rules.0.cap`. Null where there is none. */
export const FieldChange = z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })
export type FieldChange = z.infer<typeof FieldChange>

export const PolicyAnswer = z.object({
  policy: GovernedPolicy,
  /** What is in force for exactly this region, kind and scope. */
  inForce: GovernedPolicy.nullable(),
  /** From what is in force to this one. */
  diff: z.array(FieldChange),
})

export const RegionPreview = z.object({
  region: Region,
  preview: PolicyPreview.nullable(),
  /** Why there is no preview. */
  detail: z.string().nullable(),
  errors: z.array(FieldError),
})
export type RegionPreview = z.infer<typeof RegionPreview>

/** Which of the centre's policies a region runs. */
export const RegionRun = z.object({
  region: Region,
  /** What it should run: the latest activation that is meant for it. */
  wanted: z.number().int(),
  running: z.number().int().nullable(),
  isCurrent: z.boolean(),
  toldAt: Timestamp.nullable(),
  applied: z.number().int(),
  overridden: PolicyReport.shape.overridden,
  refused: PolicyReport.shape.refused,
})
export type RegionRun = z.infer<typeof RegionRun>
