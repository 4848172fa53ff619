import * as z from 'zod'
import { Sku } from '../domain/ids.ts'
import { Timestamp } from './envelope.ts'

/** What a region says of its copy at the edge, in its heartbeat too: since when it was told, and how much work that was. */
export const EdgeTold = z.object({
  version: z.number().int(),
  acknowledgedAt: Timestamp.nullable(),
  /** Skus whose changes have not travelled. */
  dirtySkus: z.number().int(),
  /** Journal entries since this process writes for the region. */
  eventsIn: z.number().int().default(0),
  /** What was written at the edge for them: with each push its head and the log of its hot rows, and whole shards. */
  rowsOut: z.number().int().default(0),
})
export type EdgeTold = z.infer<typeof EdgeTold>

/** Null where nothing was told since the region's writer began. */
const TierDelay = z
  .object({
    /** How many were measured: at most the latest thousand. */
    changes: z.number().int(),
    p50Ms: z.number(),
    p95Ms: z.number(),
    p99Ms: z.number(),
  })
  .nullable()

/** How long changes took from the ledger to the edge's answer that it has them, by tier. */
export const EdgeDelays = z.object({ A: TierDelay, B: TierDelay, C: TierDelay })
export type EdgeDelays = z.infer<typeof EdgeDelays>

/** `GET /v1/edge` of a region. */
export const EdgeStatus = EdgeTold.extend({
  epoch: z.number().int(),
  /** `failing`: the edge did not take the last push; it is tried again. */
  state: z.enum(['pushing', 'failing', 'paused']),
  /** Why the last push failed, while that is so. */
  fault: z.string().nullable(),
  /** Of the dirty skus those that stay within their band. */
  heldSkus: z.number().int(),
  /** Events in for each row out. */
  compaction: z.number().nullable(),
  /** How long a push takes. */
  pushMs: z.number().int(),
  delays: EdgeDelays,
  /** The windows as they are kept now: longer than what is set while the edge is slow. */
  windowMs: z.object({ A: z.number().int(), B: z.number().int(), C: z.number().int() }),
  /** The last one since this process writes for the region. */
  rebuild: z
    .object({
      shards: z.number().int(),
      done: z.number().int(),
      startedAt: Timestamp,
      finishedAt: Timestamp.nullable(),
    })
    .nullable(),
})
export type EdgeStatus = z.infer<typeof EdgeStatus>

const EDGE_SKUS_MAX = 10_000

/** `POST /v1/edge/rebuild`: the shards of these skus, or all, are built from the ledger and sent. */
export const RebuildEdge = z.strictObject({ skus: z.array(Sku).min(1).max(EDGE_SKUS_MAX).optional() })
export type RebuildEdge = z.infer<typeof RebuildEdge>
