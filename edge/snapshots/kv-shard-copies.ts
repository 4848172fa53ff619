import type { CopyMark, ShardCopies } from './shard-copies.ts'

/** Shard copies in Workers KV, the mark in the key's metadata so that one read brings both. */
export function kvShardCopies(kv: KVNamespace): ShardCopies {
  return {
    get: async (region, shard) => {
      const { value, metadata } = await kv.getWithMetadata<CopyMark>(keyOf(region, shard), 'arrayBuffer')
      return value && metadata ? { bytes: new Uint8Array(value), mark: metadata } : null
    },
    put: (region, shard, { bytes, mark }) => kv.put(keyOf(region, shard), bytes, { metadata: mark }),
  }
}

const keyOf = (region: string, shard: number): string => `shard:${region}:${shard}`
