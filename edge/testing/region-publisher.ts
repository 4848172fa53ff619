import { encodePush, signedBytes, type Rules } from '../../shared/contract/push.ts'
import { Region } from '../../shared/domain/ids.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { shardOf } from '../../shared/snapshot/shard-of.ts'
import { encodeShard } from '../../shared/snapshot/shard.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'

export const SHARD_COUNT = 4

export type PushSpec = {
  readonly region?: string
  readonly epoch?: number
  readonly from: number
  readonly to: number
  readonly asOf: number
  /** When tiers B and C were true, where that is earlier than asOf. */
  readonly slowAsOf?: number
  readonly rules?: Rules
  /** All rows of the shards that this push carries; a push from 0 carries every shard. */
  readonly rows?: readonly SnapshotRow[]
  readonly hot?: readonly SnapshotRow[]
  readonly changed?: readonly string[]
  /** A part of a fresh start carries these of its shards. */
  readonly part?: { readonly place: 'more' | 'last'; readonly shards: readonly number[] }
}

/** What a region's publisher would send. */
export function pushBody(spec: PushSpec): Uint8Array<ArrayBuffer> {
  const { region = 'eu', epoch = 1, from, to, asOf, slowAsOf = asOf, rows = [], hot = [] } = spec
  const byShard = Map.groupBy(rows, ({ sku }) => shardOf(sku, SHARD_COUNT))
  const every = Array.from({ length: SHARD_COUNT }, (_, shard) => shard)
  const numbers = spec.part?.shards ?? (from === 0 ? every : [...byShard.keys()])
  return encodePush(
    {
      format: 1,
      region: Region.parse(region),
      epoch,
      fromVersion: from,
      toVersion: to,
      asOf: formatInstant(asOf),
      tierAsOf: { A: formatInstant(asOf), B: formatInstant(slowAsOf), C: formatInstant(slowAsOf) },
      shardCount: SHARD_COUNT,
      ...(spec.rules ? { rules: spec.rules } : {}),
      ...(spec.part ? { part: spec.part.place } : {}),
      ...(spec.changed ? { changed: [...spec.changed] } : {}),
    },
    hot.length > 0 ? encodeShard({ region, shard: 0, version: to, asOf }, hot) : null,
    numbers.map((shard) => ({
      shard,
      version: to,
      body: encodeShard({ region, shard, version: to, asOf }, byShard.get(shard) ?? []),
    })),
  )
}

export async function signature(
  region: string,
  secret: string,
  body: Uint8Array,
  at: number,
  keyId = 'k1',
): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, [
    'sign',
  ])
  const mac = await crypto.subtle.sign('HMAC', key, signedBytes(at, region, body))
  return `t=${at},k=${keyId},v1=${new Uint8Array(mac).toHex()}`
}
