import * as z from 'zod'
import { Channel, NodeId, Region, Sku, SourceId } from '../domain/ids.ts'
import { Freshness } from './availability-api.ts'
import { Timestamp } from './envelope.ts'

/** What a channel is fed by. docs/reference/feeds.md tells what each is told, and how. */
export const FeedKind = z.enum(['webhook', 'shopify', 'woocommerce', 'walmart', 'amazon', 'x12'])
export type FeedKind = z.infer<typeof FeedKind>

const Quantity = z.number().int().min(0)

/**
 * What a channel has to know of a sku, as `feeds.<region>.<channel>.<sku>` carries it: the newest alone is kept. `epoch` and
 * `version` order what is said of a sku: whatever is lower than what was delivered is out of date.
 */
export const ChannelFigure = z.object({
  region: Region,
  channel: Channel,
  sku: Sku,
  /** Base units that the channel may sell; minor ones (10^-decimals) of a measured item. */
  availableToSell: Quantity,
  decimals: z.number().int().min(0).default(0),
  /** The same laid out over nodes, for a channel that is told by node: none above what it has, together no more than the figure. */
  nodes: z.array(z.object({ node: NodeId, availableToSell: Quantity })).optional(),
  epoch: z.number().int(),
  /** The region's journal sequence that the figure reflects. */
  version: z.number().int(),
  asOf: Timestamp,
  /** Since when the channel has been owed a newer figure. */
  since: Timestamp,
  freshness: Freshness,
  reasons: z.array(z.string()),
})
export type ChannelFigure = z.infer<typeof ChannelFigure>

/** `behind`: the oldest figure waits for longer than it should. `down`: the channel does not take what is sent. */
export const FeedState = z.enum(['ok', 'behind', 'down', 'paused'])

/** How a channel is fed, in the region's heartbeat too. */
export const FeedStatus = z.object({
  channel: Channel,
  kind: FeedKind,
  /** Under which its refused figures stand among the exceptions: the source whose code map it uses, else the channel. */
  source: SourceId,
  status: FeedState,
  /** The last time that the channel took a figure. */
  lastDeliveredAt: Timestamp.nullable(),
  /** Skus of which the channel is owed a newer figure, and for how long the oldest. */
  waiting: z.number().int(),
  oldestMs: z.number().int(),
  /** Figures since the region's writer began: taken by the channel, and refused by it. */
  delivered: z.number().int(),
  refused: z.number().int(),
  /** Calls that came to nothing, since then. */
  failed: z.number().int(),
  /** What the last call failed for, until one succeeds. */
  lastError: z.string().nullable(),
  /** Nothing is sent before; null while nothing has to wait. */
  waitsUntil: Timestamp.nullable(),
})
export type FeedStatus = z.infer<typeof FeedStatus>

export const FeedsAnswer = z.object({ feeds: z.array(FeedStatus) })

/** A feed of some region as the centre knows it: of its region's last heartbeat. */
export const CentreFeed = FeedStatus.extend({ region: Region, asOf: Timestamp })
export type CentreFeed = z.infer<typeof CentreFeed>

/** `POST /v1/feeds/{channel}/resend`: these skus, or all that the channel lists. */
export const ResendFeed = z.strictObject({ skus: z.array(Sku).min(1).max(10_000).optional() })
