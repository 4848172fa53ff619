import * as z from 'zod'
import { Region } from '../domain/ids.ts'
import { Policy } from '../domain/policy.ts'
import { Timestamp } from './envelope.ts'
import { FieldError } from './problem.ts'

/**
 * What the centre has in force for a region, as one word: `$KV.POLICIES.<region>` of the centre's JetStream, gzipped JSON.
 * The region hears that there is a new one, and reads the latest; so it needs no history, and never an older word after a
 * newer one.
 */
export const POLICIES_BUCKET = 'POLICIES'
/** The JetStream domain of the centre's server. */
export const CENTRE_DOMAIN = 'hub'

/** What a region may still say by itself where the centre has spoken. */
export const LocalChanges = z.enum([
  /** Nothing within the scope. */
  'none',
  /** Of a narrower scope. */
  'narrower',
  /** Also of this very scope: it stands until the centre activates the next version. */
  'all',
])

/** `policy` is judged one by one by the region: one that it does not understand keeps no other from it. */
export const PolicyDocument = z.object({
  id: z.string().min(1).max(128),
  kind: z.string(),
  scope: z.string(),
  version: z.number().int().min(1),
  /** The centre's count of activations, over all policies. */
  revision: z.number().int().min(1),
  localChanges: LocalChanges,
  body: z.record(z.string(), z.unknown()),
})
export type PolicyDocument = z.infer<typeof PolicyDocument>

export const PolicyBundle = z.object({
  format: z.literal(1),
  region: Region,
  /** Of the latest document in it; 0 when there is none. */
  revision: z.number().int().min(0),
  policies: z.array(PolicyDocument),
})
export type PolicyBundle = z.infer<typeof PolicyBundle>

/** Gzipped it has to pass a NATS server with its usual limit of a megabyte. */
export const BUNDLE_BYTES_MAX = 900_000
/** Nobody unpacks more than this. */
export const BUNDLE_UNPACKED_BYTES_MAX = 64 * 1024 * 1024

const Named = z.object({ kind: z.string(), scope: z.string(), version: z.number().int() })

/** Which of the centre's policies a region runs, told on `reports.<region>.policies` when it changes and now and then. */
export const PolicyReport = z.object({
  kind: z.literal('policies'),
  region: Region,
  at: Timestamp,
  /** What it has taken in; null when it never heard the centre's word. */
  revision: z.number().int().nullable(),
  applied: z.number().int(),
  /** Where the region has said something else since, the first hundred. */
  overridden: z.array(Named.extend({ author: z.string(), localVersion: z.number().int() })),
  /** What it can not apply, the first hundred. */
  refused: z.array(Named.extend({ errors: z.array(FieldError) })),
})
export type PolicyReport = z.infer<typeof PolicyReport>

/** What would change if these were in force: asked of a region, computed on its ledger, nothing is changed. */
export const PreviewPolicies = z.strictObject({
  policies: z.array(Policy).min(1).max(20),
  /** Figures are compared for these, beside the general one; where absent, for the classes that rules name. */
  classes: z.array(z.string().min(1).max(129)).max(20).optional(),
  skusMax: z.number().int().min(1).max(20_000).default(2_000),
})
export type PreviewPolicies = z.infer<typeof PreviewPolicies>

export const FigureChange = z.object({
  sku: z.string(),
  /** `channel` or `channel/segment`; null for the figure of nobody in particular. */
  class: z.string().nullable(),
  before: z.number().int(),
  after: z.number().int(),
})
export type FigureChange = z.infer<typeof FigureChange>

export const PolicyPreview = z.object({
  /** The ledger's version that it was computed on. */
  version: z.number().int(),
  /** How many skus the scopes reach, and how many of them were looked at. */
  skusInScope: z.number().int(),
  skusLookedAt: z.number().int(),
  /** How many of those have another figure for somebody, or another tier. */
  skusChanged: z.number().int(),
  tiersChanged: z.number().int(),
  /** Of the figure of nobody in particular, over all that were looked at. */
  unitsGained: z.number().int(),
  unitsLost: z.number().int(),
  /** Figures that would sell nothing any more, and that would sell again. */
  soldOut: z.number().int(),
  backInStock: z.number().int(),
  /** The largest, at most a hundred. */
  changes: z.array(FigureChange),
})
export type PolicyPreview = z.infer<typeof PolicyPreview>
