import * as z from 'zod'
import { Channel, NodeId, Region, Segment, Sku } from '../domain/ids.ts'
import { AllocationRule } from '../domain/allocation-rule.ts'
import { Tier } from '../domain/tier.ts'
import { Timestamp } from './envelope.ts'

/** `stale`: older than its tier's limit. `degraded`: part of the way to the figure is failing. */
export const Freshness = z.enum(['fresh', 'stale', 'degraded'])
export type Freshness = z.infer<typeof Freshness>

/** Another item that may be offered instead, with a figure of its own. */
const Substitute = z.object({ sku: Sku, availableToSell: z.number().int().min(0) })

export const AvailabilityAnswer = z.object({
  sku: Sku,
  region: Region,
  channel: Channel.optional(),
  segment: Segment.optional(),
  node: NodeId.optional(),
  /** Whole base units that may be sold now. Never negative. */
  availableToSell: z.number().int().min(0),
  tier: Tier,
  /** The region's journal sequence that the figure reflects. */
  version: z.number().int(),
  /** The figure was true at this moment. */
  asOf: Timestamp,
  /** Milliseconds between `asOf` and this answer. */
  age: z.number().int().min(0),
  freshness: Freshness,
  reasons: z.array(z.string()),
  /** The latest of the centre's policy activations that this answer obeys; absent where the centre has set none. */
  policies: z.number().int().min(1).optional(),
  /** When there is none of this one, or when asked for. */
  substitutes: z.array(Substitute).optional(),
})
export type AvailabilityAnswer = z.infer<typeof AvailabilityAnswer>

const PromiseEntry = z.object({ date: z.iso.date(), quantity: z.number().int().min(0) })

const whole = z.number().int()

/** The derivation of a figure (DOMAIN: sellable, demand, safety stock, gross, pool, allocation), as whole base units. */
export const Explanation = z.object({
  nodes: z.array(
    z.object({
      node: z.string(),
      onHand: whole,
      damaged: whole,
      quarantined: whole,
      inTransit: whole,
      reserved: whole,
      allocated: whole,
      picked: whole,
      /** onHand − damaged − quarantined */
      sellable: whole,
      safetyStock: whole,
      /** What the depletion policy takes off at this node. */
      demand: whole,
      /** sellable − demand − safetyStock */
      availableToSell: whole,
      asOf: Timestamp.nullable(),
      sells: z.boolean(),
      /** Whose word counts here, and whether it has gone silent. */
      source: z.string().nullable(),
      condition: z.enum(['fresh', 'late', 'down']),
      /** Held back because the source is silent; in neither gross nor pool. */
      heldBack: whole,
      isExcluded: z.boolean(),
      /** The count each state stands on, and since which all changes are added. */
      counts: z.array(
        z.object({
          lot: z.string().optional(),
          state: z.enum(['onHand', 'damaged', 'quarantined']),
          source: z.string(),
          id: z.string(),
          asOf: Timestamp,
        }),
      ),
    }),
  ),
  /** The policies that went in, as they are in force. */
  policies: z.array(
    z.object({
      kind: z.string(),
      scope: z.string(),
      version: whole,
      author: z.string(),
      reason: z.string(),
      /** The node or class it was asked for. */
      appliedTo: z.string().optional(),
    }),
  ),
  /** What a kit is put together from: its figure is what stands assembled plus the least of these. */
  kit: z
    .array(
      z.object({
        sku: z.string(),
        /** Units in one kit. */
        quantity: whole,
        availableToSell: whole,
        /** How many kits these would make. */
        kits: whole,
      }),
    )
    .optional(),
  /** What is still to come, and whether a promise counts on it: what is late, or has no day, is promised to nobody. */
  supply: z.array(
    z.object({
      ref: z.string(),
      node: z.string(),
      quantity: whole,
      at: Timestamp.nullable(),
      standing: z.enum(['expected', 'late', 'undated', 'not-for-sale']),
    }),
  ),
  /** Open demand by the day it is due; null is now. */
  demandByDay: z.array(z.object({ date: z.iso.date().nullable(), quantity: whole })),
  /** Demand that kits put on this item, beyond what stands assembled. */
  demandByKits: whole,
  /** Σ max(0, sellable − safetyStock) over the nodes that sell. */
  gross: whole,
  /** Demand of no node yet, as the depletion policy counts it. */
  demandUnassigned: whole,
  demandTotal: whole,
  demandByClass: z.record(z.string(), whole),
  /** Σ max(0, node figure) − unassigned demand. */
  pool: whole,
  /** The allocation rules in force for this sku. */
  rules: z.array(AllocationRule),
  /** The share of the class asked for; null when no channel was named. */
  class: z
    .object({
      class: z.string(),
      availableToSell: whole,
      fence: whole,
      used: whole,
      demand: whole,
      sharedLeft: whole,
      cappedAt: whole.nullable(),
      buffer: whole,
      minPublish: whole,
    })
    .nullable(),
})
export type Explanation = z.infer<typeof Explanation>

/** The region's answer: the edge's, and what can be promised by day (today first, then each day it changes). */
export const RegionAvailabilityAnswer = AvailabilityAnswer.extend({
  availableToPromise: z.array(PromiseEntry),
})
export type RegionAvailabilityAnswer = z.infer<typeof RegionAvailabilityAnswer>

export const UnknownSkuEntry = z.object({
  sku: z.string(),
  region: Region.optional(),
  error: z.literal('unknown-sku'),
})

export const SKUS_PER_QUERY_MAX = 1000

/** The region's query. The channel is named; at the edge it is the key's. */
export const RegionQuery = z.strictObject({
  skus: z.array(z.string().min(1).max(64)).min(1).max(SKUS_PER_QUERY_MAX),
  channel: Channel.optional(),
  segment: Segment.optional(),
  node: NodeId.optional(),
  /** List substitutes even where there is stock. */
  substitutes: z.boolean().optional(),
})

export const EdgeQuery = z.strictObject({
  skus: z.array(z.string().min(1).max(64)).min(1).max(SKUS_PER_QUERY_MAX),
  /** Several regions at once; absent means the key's region. */
  regions: z.array(Region).min(1).max(16).optional(),
  segment: Segment.optional(),
  node: NodeId.optional(),
  /** List substitutes even where there is stock. */
  substitutes: z.boolean().optional(),
})

export const RegionsAnswer = z.object({
  regions: z.array(
    z.object({
      region: Region,
      version: z.number().int(),
      epoch: z.number().int(),
      watermark: Timestamp,
      age: z.number().int(),
      freshness: Freshness,
      policies: z.number().int().min(1).optional(),
    }),
  ),
})

/** `GET /v1/changes` at the edge: each sku once, as it is now, and where to go on. */
export const ChangesAnswer = z.object({
  region: Region,
  changes: z.array(z.union([AvailabilityAnswer, UnknownSkuEntry])),
  /** Opaque: what to send as `since` next. */
  cursor: z.string(),
  /** More is waiting: come again at once. */
  more: z.boolean(),
})
