import { shardDigest } from '../../shared/snapshot/digest.ts'
import { rowDigest } from '../../shared/snapshot/row-digest.ts'
import { encodeShard } from '../../shared/snapshot/shard.ts'
import { ShardReader } from '../../shared/snapshot/shard-reader.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'
import type { Head, HotRow, RegionStore } from './region-store.ts'

/** Bodies in one answer of D1. */
const SHARDS_PER_READ_MAX = 16
/** The region goes on pushing while we read; a view that keeps moving is given up. */
const ATTEMPTS_MAX = 5

export type HeldDigests = { readonly head: Head; readonly digests: readonly string[] }

/**
 * The digest of every shard as a reader sees it now: whole shards with the hot rows laid over them, of one moment, from
 * the durable store. Null when no push was ever applied.
 */
export async function heldDigests(store: RegionStore): Promise<HeldDigests | null> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const read = await store.read(null, [])
    if (!read) return null
    const { head, shards, hot } = read.changes
    const digests = Array.from({ length: head.shardCount }, () => '')
    for (const { shard, digest } of shards) digests[shard] = digest
    const overlays = Map.groupBy(hot, ({ shard }) => shard)
    if (await overlay(store, head, overlays, digests)) return { head, digests }
  }
  throw new Error('the region moves faster than its shards can be read')
}

export type HeldRow = { readonly sku: string; readonly digest: string; readonly pool: number }

/**
 * The rows of one shard as a reader sees them now, each with its digest. Null when no push was ever applied, or when it
 * has no such shard; without rows when its bytes can't be read.
 */
export async function heldRows(
  store: RegionStore,
  shard: number,
): Promise<{ readonly head: Head; readonly rows: readonly HeldRow[] } | null> {
  const read = await store.read(null, [shard])
  if (!read || shard >= read.changes.head.shardCount) return null
  const { head, hot } = read.changes
  const bytes = read.bodies.get(shard)
  const opened = bytes && ShardReader.open(bytes)
  const rows = opened?.ok
    ? mergedRows(
        opened.value,
        hot.filter((it) => it.shard === shard),
      )
    : []
  return {
    head,
    rows: rows.map((row) => ({ sku: row.sku, digest: rowDigest(row), pool: row.inputs.pool })),
  }
}

/** Works out the digests of shards under hot rows. False when the store moved meanwhile. */
async function overlay(
  store: RegionStore,
  head: Head,
  overlays: ReadonlyMap<number, readonly HotRow[]>,
  digests: string[],
): Promise<boolean> {
  const shards = [...overlays.keys()]
  for (let i = 0; i < shards.length; i += SHARDS_PER_READ_MAX) {
    const read = await store.read(head, shards.slice(i, i + SHARDS_PER_READ_MAX))
    if (read?.changes.head.revision !== head.revision) return false
    for (const [shard, bytes] of read.bodies) digests[shard] = mergedDigest(bytes, overlays.get(shard)!)
  }
  return true
}

function mergedDigest(bytes: Uint8Array, hot: readonly HotRow[]): string {
  const shard = ShardReader.open(bytes)
  if (!shard.ok) return 'corrupt'
  return shardDigest(encodeShard(shard.value.header, mergedRows(shard.value, hot)))
}

function mergedRows(shard: ShardReader, hot: readonly HotRow[]): SnapshotRow[] {
  const rows = new Map<string, SnapshotRow>()
  for (const row of shard.rows()) rows.set(row.sku, row)
  for (const { row, version } of hot) if (version > shard.header.version) rows.set(row.sku, row)
  return [...rows.values()]
}
