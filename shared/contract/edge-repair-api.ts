import * as z from 'zod'
import { Region, Sku } from '../domain/ids.ts'

const Digest = z.string().regex(/^[0-9a-f]{16}$/)
const Shard = z.number().int().min(0).max(65_535)

/** `GET /v1/digests/{shard}` at the edge: what it holds of one shard, row by row. */
export const ShardRows = z.object({
  region: Region,
  epoch: z.number().int(),
  version: z.number().int(),
  shard: Shard,
  /** `pool`: units that may be sold, before it is shared out. */
  rows: z.array(z.object({ sku: Sku, digest: Digest, pool: z.number().int() })),
})
export type ShardRows = z.infer<typeof ShardRows>

/** `POST /v1/edge:repair` at the region: what the edge holds of a shard that has another digest there. */
export const RepairEdge = z.strictObject({
  shard: Shard,
  epoch: z.number().int(),
  version: z.number().int(),
  rows: z.array(z.strictObject({ sku: Sku, digest: Digest })).max(100_000),
  /** Send it even where the two are not of one version; otherwise nothing is sent then. */
  anyway: z.boolean().default(false),
})
export type RepairEdge = z.infer<typeof RepairEdge>

export const EdgeRepaired = z.object({
  /** The two were of one version: the skus are exact. Otherwise what moved in between may be among them. */
  isExact: z.boolean(),
  /** Whose rows differ; `pool` is the ledger's and null where it has no such row, `value` of one unit. */
  skus: z.array(
    z.object({ sku: Sku, pool: z.number().int().nullable(), value: z.number().int().nullable() }),
  ),
})
export type EdgeRepaired = z.infer<typeof EdgeRepaired>
