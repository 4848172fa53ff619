import { AT } from './layout.ts'

const DIGEST_BYTES = 8

/**
 * The digest of a shard's rows, 16 hexadecimal digits: equal for equal rows, whatever the version, moment or region.
 * It is read from the header; ShardReader.open has compared it with the rows.
 */
export const shardDigest = (shard: Uint8Array): string => hexAt(shard, AT.digest)

export function hexAt(bytes: Uint8Array, at: number): string {
  let hex = ''
  for (let i = at; i < at + DIGEST_BYTES; i++) hex += (bytes[i] ?? 0).toString(16).padStart(2, '0')
  return hex
}
