import * as z from 'zod'
import { Region } from '../domain/ids.ts'
import { Timestamp } from './envelope.ts'
import { SourceWord } from './reports.ts'
import { Variance } from './variance-api.ts'

/** What the centre's API and its console say of the whole. */

/** `live`: heard of within seconds. `behind`: heard of, with messages still to take in. `silent`: no news. */
const LinkState = z.enum(['live', 'behind', 'silent', 'never'])

export const RegionOverview = z.object({
  region: Region,
  link: LinkState,
  /** The time of the region's last heartbeat, by its own clock. */
  watermark: Timestamp.nullable(),
  watermarkAgeMs: z.number().int().nullable(),
  epoch: z.number().int().nullable(),
  journalSequence: z.number().int().nullable(),
  factsApplied: z.number().int().nullable(),
  factsDuplicate: z.number().int().nullable(),
  /** Messages of FACTS that the region itself has not folded. */
  factsBehind: z.number().int().nullable(),
  /** Messages sourced into the centre's streams that are not in its database yet. */
  intakePending: z.number().int(),
  exceptionsOpen: z.number().int().nullable(),
  variancesOpen: z.number().int(),
  /** Absolute units of open variances, and what they are worth in minor currency units where items say. */
  varianceUnits: z.number().int(),
  varianceValue: z.number().int(),
  edge: z.object({
    version: z.number().int().nullable(),
    acknowledgedAt: Timestamp.nullable(),
    dirtySkus: z.number().int().nullable(),
    /** Journal entries since the region's writer began, and the rows and shards that it wrote to the edge for them. */
    eventsIn: z.number().int().nullable(),
    rowsOut: z.number().int().nullable(),
    /** Whether the edge's shard digests equal the ledger's, when last compared at one version. */
    agrees: z.boolean().nullable(),
    comparedAt: Timestamp.nullable(),
  }),
  sources: z.array(SourceWord),
  /** The last minutes, oldest first: for a line, not for arithmetic. */
  history: z.array(z.object({ at: Timestamp, lagMs: z.number().int(), factsPerSecond: z.number() })),
})
export type RegionOverview = z.infer<typeof RegionOverview>

/** Whether the centre has taken the same facts of a region's stream as the region's ledger, up to a sequence of it. */
export const JournalCompared = z.object({
  from: z.number().int(),
  sequence: z.number().int(),
  count: z.number().int(),
  agrees: z.boolean(),
  comparedAt: Timestamp,
})
export type JournalCompared = z.infer<typeof JournalCompared>

const TransferState = z.enum(['open', 'received', 'short', 'over-received', 'overdue', 'unshipped'])

export const Transfer = z.object({
  transfer: z.string(),
  sku: z.string(),
  fromRegion: Region.nullable(),
  toRegion: Region.nullable(),
  fromNode: z.string().nullable(),
  toNode: z.string(),
  shipped: z.number().int(),
  received: z.number().int(),
  state: TransferState,
  shippedAt: Timestamp.nullable(),
  /** When it is due, where that was said. */
  dueAt: Timestamp.nullable(),
  receivedAt: Timestamp.nullable(),
  /** Whether the region that receives has been told. Null where nothing has to be told. */
  forwarded: z.boolean().nullable(),
})
export type Transfer = z.infer<typeof Transfer>

export const CentreException = z.object({
  id: z.string(),
  region: Region,
  at: Timestamp,
  stage: z.string(),
  source: z.string(),
  class: z.string(),
  code: z.string(),
  detail: z.string(),
  attempts: z.number().int(),
  status: z.string(),
  correlationId: z.string(),
})
export type CentreException = z.infer<typeof CentreException>

/** One message of `GET /v1/live` (server-sent events, event name `overview`), each second. */
export const Overview = z.object({
  at: Timestamp,
  regions: z.array(RegionOverview),
  /** The newest open ones, at most 50 of each. */
  variances: z.array(Variance),
  exceptions: z.array(CentreException),
  transfers: z.array(Transfer),
})
export type Overview = z.infer<typeof Overview>
