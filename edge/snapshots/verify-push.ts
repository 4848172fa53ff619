import type { FieldError } from '../../shared/contract/problem.ts'
import type { Push, PushHeader } from '../../shared/contract/push.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import { shardDigest } from '../../shared/snapshot/digest.ts'
import { shardOf } from '../../shared/snapshot/shard-of.ts'
import { ShardReader } from '../../shared/snapshot/shard-reader.ts'
import { hotRowsOf } from './hot-rows.ts'
import type { HotRow, ShardMark } from './region-store.ts'

/** What a push carries, every byte of it checked. */
export type Cargo = {
  readonly shards: readonly ShardMark[]
  readonly bodies: ReadonlyMap<number, Uint8Array>
  readonly hot: readonly HotRow[]
  /** The bytes that the hot rows came in; null when there are none. */
  readonly hotBytes: Uint8Array | null
}

/** A row in D1 may take 2 MB, and base64 makes four bytes of three. */
const PART_BYTES_MAX = 1_400_000

/** Opens every part before anything is stored; the first fault refuses the whole push. */
export function verifyCargo({ header, hot, shards }: Push): Result<Cargo, FieldError> {
  if (header.toVersion < header.fromVersion) {
    return err({ path: 'toVersion', message: 'is below fromVersion' })
  }
  const marks: ShardMark[] = []
  const bodies = new Map<number, Uint8Array>()
  for (const [i, bytes] of shards.entries()) {
    const { shard, version } = header.shards[i]!
    const fault = shardFault(header, i, bytes, bodies)
    if (fault) return err({ path: `shards.${i}`, message: fault })
    marks.push({ shard, version, digest: shardDigest(bytes) })
    bodies.set(shard, bytes)
  }
  const rows = hotRows(header, hot)
  return rows.ok ? ok({ shards: marks, bodies, hot: rows.value, hotBytes: hot }) : rows
}

function shardFault(
  header: PushHeader,
  i: number,
  bytes: Uint8Array,
  before: ReadonlyMap<number, Uint8Array>,
): string | null {
  const { shard, version } = header.shards[i]!
  if (shard >= header.shardCount) return `there is no shard ${shard} of ${header.shardCount}`
  if (before.has(shard)) return `shard ${shard} comes twice`
  if (version > header.toVersion) return `version ${version} is above toVersion`
  if (bytes.length > PART_BYTES_MAX) return `larger than ${PART_BYTES_MAX} bytes`
  const opened = ShardReader.open(bytes)
  if (!opened.ok) return `${opened.error.code}: ${opened.error.detail}`
  const own = opened.value.header
  if (own.region !== header.region || own.shard !== shard || own.version !== version)
    return `it says it is ${own.region} shard ${own.shard} version ${own.version}`
  for (const { sku } of opened.value.rows()) {
    // A wrong hash in the index would hide a row from every reader.
    if (shardOf(sku, header.shardCount) !== shard || !opened.value.find(sku)) return `${sku} is misplaced`
  }
  return null
}

function hotRows(header: PushHeader, hot: Uint8Array | null): Result<readonly HotRow[], FieldError> {
  if (!hot) return ok([])
  if (hot.length > PART_BYTES_MAX) return err({ path: 'hot', message: `larger than ${PART_BYTES_MAX} bytes` })
  const opened = ShardReader.open(hot)
  if (!opened.ok) return err({ path: 'hot', message: `${opened.error.code}: ${opened.error.detail}` })
  if (opened.value.header.region !== header.region)
    return err({ path: 'hot', message: `it says it is ${opened.value.header.region}` })
  return ok(hotRowsOf(opened.value, header.toVersion, header.shardCount))
}
