import * as z from 'zod'
import { NodeId, Region } from '../shared/domain/ids.ts'
import { HttpConfig } from '../shared/node/http.ts'
import { NatsConfig } from '../shared/node/nats.ts'
import { TrytonConfig } from './erp/tryton/config.ts'
import { FeedConfigs } from './feeds/feed-config.ts'
import { HttpSystemConfig } from './orders/http-answer.ts'
import { EdgeConfig } from './snapshots/edge-client.ts'

/** One region's hub: `node regions/main.ts --config FILE`. docs/operations.md explains every field. */
export const RegionConfig = z
  .strictObject({
    region: Region,
    dataDir: z.string().min(1),
    http: HttpConfig,
    /** The bearer key of the region API. */
    key: z.string().min(16),
    nats: NatsConfig,
    edge: EdgeConfig,
    /** Skus live in this many shards: about 4,096 skus a shard is a good size. Changing it rewrites the edge's copy. */
    shardCount: z.number().int().min(1).max(4096).default(16),
    /** Orders and holds that are over are looked up, and kept in memory, for so long after they were last heard of. */
    demandKeptDays: z.number().int().min(1).max(366).default(14),
    /** The systems that have to know of orders; none are told where none are named. */
    orders: z
      .strictObject({
        erp: HttpSystemConfig.optional(),
        fulfilment: z
          .array(HttpSystemConfig.extend({ nodes: z.array(NodeId).min(1).max(1000) }))
          .max(100)
          .default([]),
      })
      .optional(),
    /** A Tryton that is told of orders and is read. */
    tryton: TrytonConfig.optional(),
    /** The channels that are told what they may sell. */
    feeds: FeedConfigs.default([]),
    logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  })
  .refine(({ orders, tryton }) => !(orders?.erp && tryton), {
    path: ['tryton'],
    message: 'a region posts to one ERP: tryton or orders.erp',
  })
export type RegionConfig = z.infer<typeof RegionConfig>
