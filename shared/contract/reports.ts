import * as z from 'zod'
import { Lot, NodeId, OrderRef, Region, Sku, SourceId } from '../domain/ids.ts'
import { SourceRole } from '../domain/master-data.ts'
import { RECONCILE_EVERY_MS_DEFAULT, Tier } from '../domain/tier.ts'
import { EdgeTold } from './edge-api.ts'
import { Timestamp } from './envelope.ts'
import { FeedStatus } from './feed-api.ts'
import { StreamDigest } from './stream-digest.ts'
import { PolicyReport } from './policy-bundle.ts'

export const SourceCondition = z.enum(['fresh', 'late', 'down'])
export type SourceCondition = z.infer<typeof SourceCondition>

/** How far a source has spoken, and whether it still does. */
export const SourceWord = z.object({
  source: SourceId,
  role: SourceRole,
  facts: z.number().int(),
  lastFactAt: Timestamp.nullable(),
  /** A source that lost its place resends what comes after this. */
  highestSequence: z.number().int().nullable(),
  /** Of its own counter, what lies between the first and the last that are journaled and is not: the newest first, at most 20. */
  missing: z.array(z.object({ from: z.number().int(), to: z.number().int() })),
  /** By the hub's clock: a fact, or a heartbeat. */
  heardAt: Timestamp.nullable(),
  /** The worst of the nodes whose stock it keeps. */
  condition: SourceCondition,
})
export type SourceWord = z.infer<typeof SourceWord>

/** What is promised beyond what lies there, and what sells so fast that it may be gone before a channel hears of it. */
export const StockReport = z.object({
  /** The most first, at most 20; `node` is null where no node in particular was promised. */
  short: z.array(z.object({ sku: Sku, node: NodeId.nullable(), units: z.number().int() })),
  shortCount: z.number().int(),
  /** What lasts less than an hour at the velocity of the last week, the least first, at most 20. */
  thin: z.array(
    z.object({
      sku: Sku,
      tier: Tier,
      availableToSell: z.number().int(),
      coverMs: z.number().int(),
      freshForMs: z.number().int(),
    }),
  ),
})
export type StockReport = z.infer<typeof StockReport>

/** What waits for a system that is told of orders. */
const SystemReport = z.object({
  system: z.string(),
  state: z.enum(['open', 'throttled', 'down']),
  waiting: z.number().int(),
  stuck: z.number().int(),
  oldestMs: z.number().int(),
})

/** The latest, at most 20. */
const ReservedAgain = z.object({
  orderRef: OrderRef,
  reservation: z.string(),
  at: Timestamp,
  times: z.number().int(),
})

/** What a region tells the centre on `reports.<region>.<kind>`; JSON, one report a message. */
export const HeartbeatReport = z.object({
  kind: z.literal('heartbeat'),
  region: Region,
  at: Timestamp,
  epoch: z.number().int(),
  /** Highest journal sequence: everything up to it is folded and durable. */
  journalSequence: z.number().int(),
  factsApplied: z.number().int(),
  factsDuplicate: z.number().int(),
  factsBehind: z.number().int(),
  exceptionsOpen: z.number().int(),
  skus: z.number().int(),
  edge: EdgeTold,
  sources: z.array(SourceWord),
  stock: StockReport.default({ short: [], shortCount: 0, thin: [] }),
  systems: z.array(SystemReport).default([]),
  /** The channels that the region feeds. */
  feeds: z.array(FeedStatus).default([]),
  /** After how long what is in flight is none any more, by tier. */
  reconcileEveryMs: z.record(Tier, z.number().int()).default(RECONCILE_EVERY_MS_DEFAULT),
  /** Orders that were reserved once more by somebody else in the last ten minutes: the hold that there is stands for both. */
  reservedAgain: z.array(ReservedAgain).default([]),
})
export type HeartbeatReport = z.infer<typeof HeartbeatReport>

/**
 * A count beside what the ledger held as of the same moment: told when the count is folded, and told again when facts of
 * the time before it have come since.
 */
export const CountReport = z.object({
  kind: z.literal('counts'),
  region: Region,
  at: Timestamp,
  counts: z.array(
    z.object({
      source: z.string(),
      sku: Sku,
      node: NodeId,
      lot: Lot.optional(),
      state: z.enum(['onHand', 'damaged', 'quarantined']),
      counted: z.number().int(),
      /** The ledger's figure as of `asOf`. Null when nothing was known of this position before. */
      ledger: z.number().int().nullable(),
      asOf: Timestamp,
      /** An owner's count rebased the ledger; an observer's was only compared. */
      standing: z.enum(['owner', 'observer']),
      /** What one unit is worth, minor currency units, where the item says. */
      value: z.number().int().nullable(),
      tier: Tier.default('B'),
      /** False while facts of the time before the count may still be on their way. */
      isSettled: z.boolean().default(true),
      /** By how many units it may differ, by the policy of the region; not at all when absent. */
      tolerance: z.number().int().min(0).optional(),
    }),
  ),
})
export type CountReport = z.infer<typeof CountReport>

/**
 * The digests of shards as the ledger has them, told right after the push that brought the edge to this version: the edge
 * must show the same.
 */
export const DigestReport = z.object({
  kind: z.literal('digests'),
  region: Region,
  at: Timestamp,
  epoch: z.number().int(),
  version: z.number().int(),
  /** One 16-digit digest a shard, in shard order; '' where changes still wait for their window. */
  digests: z.array(z.string()),
})
export type DigestReport = z.infer<typeof DigestReport>

/** What the region's ledger has taken of its streams, by stream: the centre has to have taken the same. */
export const JournalReport = z.object({
  kind: z.literal('journal'),
  region: Region,
  at: Timestamp,
  streams: z.record(z.string(), StreamDigest),
})
export type JournalReport = z.infer<typeof JournalReport>

export const Report = z.discriminatedUnion('kind', [
  HeartbeatReport,
  CountReport,
  DigestReport,
  PolicyReport,
  JournalReport,
])
export type Report = z.infer<typeof Report>
