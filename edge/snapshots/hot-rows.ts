import { invariant } from '../../shared/kernel/invariant.ts'
import { shardOf } from '../../shared/snapshot/shard-of.ts'
import { ShardReader } from '../../shared/snapshot/shard-reader.ts'
import type { HotRow } from './region-store.ts'

/** The rows of a push's hot part, each with the shard that it is laid over. */
export const hotRowsOf = (part: ShardReader, version: number, shardCount: number): HotRow[] =>
  [...part.rows()].map((row) => ({ shard: shardOf(row.sku, shardCount), version, row }))

/** The same from bytes that were checked when they were stored: others mean that the store itself is damaged. */
export function hotRowsIn(bytes: Uint8Array, version: number, shardCount: number): HotRow[] {
  const part = ShardReader.open(bytes)
  invariant(part.ok, 'the hot rows in the store can not be read')
  return hotRowsOf(part.value, version, shardCount)
}
