import * as z from 'zod'
import { Channel, SourceId } from '../../shared/domain/ids.ts'
import { AmazonConfig } from './destinations/amazon.ts'
import { ShopifyConfig } from './destinations/shopify.ts'
import { WalmartConfig } from './destinations/walmart.ts'
import { WebhookConfig } from './destinations/webhook.ts'
import { WooCommerceConfig } from './destinations/woocommerce.ts'
import { X12Config } from './destinations/x12-846.ts'

/** What is said of every feed; docs/reference/feeds.md explains it. */
const common = {
  channel: Channel,
  /** Whose code maps name our skus and nodes to the channel; ours go out as they are when absent. */
  source: SourceId.optional(),
  /** `mapped`: only those that the source's map has a code for are told. */
  skus: z.enum(['all', 'mapped']).optional(),
  /** A figure that waits for longer makes the feed `behind`; a minute, or the time of five calls, when absent. */
  behindAfterMs: z.number().int().min(1_000).max(86_400_000).optional(),
  /** Calls a second, and how many may come at once after a pause; the vendor's own limits when absent. */
  perSecond: z.number().min(0.001).max(1_000).optional(),
  burst: z.number().int().min(1).max(1_000).optional(),
}

/** A channel that is told what it may sell. Its secrets are here alone: no answer and no log shows them. */
export const FeedConfig = z
  .discriminatedUnion('kind', [
    WebhookConfig.extend(common),
    ShopifyConfig.extend(common),
    WooCommerceConfig.extend(common),
    WalmartConfig.extend(common),
    AmazonConfig.extend(common),
    X12Config.extend(common),
  ])
  .refine(({ skus, source }) => skus !== 'mapped' || source !== undefined, {
    path: ['source'],
    message: 'mapped skus need the source whose map it is',
  })
export type FeedConfig = z.infer<typeof FeedConfig>

export const FeedConfigs = z
  .array(FeedConfig)
  .max(50)
  .refine(
    (feeds) => new Set(feeds.map(({ channel }) => channel)).size === feeds.length,
    'a channel stands twice',
  )
