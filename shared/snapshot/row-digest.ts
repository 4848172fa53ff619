import { shardDigest } from './digest.ts'
import type { SnapshotRow } from './row.ts'
import { encodeShard } from './shard.ts'

/** The digest of one row, 16 hexadecimal digits: that of a shard which holds nothing else. */
export const rowDigest = (row: SnapshotRow): string =>
  shardDigest(encodeShard({ region: '-', shard: 0, version: 0, asOf: 0 }, [row]))
