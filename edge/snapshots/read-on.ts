import type { Cursor } from './change-cursor.ts'
import type { KeepAlive, RegionReader } from './region-reader.ts'
import { STORE_WAIT_MS_MAX, withinMs } from './time-limit.ts'

/** As many as a query takes. A push that changed more is read in several pages. */
const SKUS_MAX = 1_000
/** Pushes that are put together in one page, each sku once. */
const PUSHES_MAX = 100
/** Bodies that one page may bring in. */
const SHARDS_MAX = 16

export type Page = { readonly skus: readonly string[]; readonly next: Cursor; readonly more: boolean }

/** Where everything is read anew, and then what changed meanwhile. */
export const fromTheStart = ({ region, copy }: RegionReader): Cursor => ({
  reads: 'all',
  region: region as Cursor['region'],
  revision: copy.head!.revision + 1,
  shard: 0,
  after: '',
})

/**
 * The next skus behind a cursor: those of the next shards, or those that the next pushes changed. `too-old` when it isn't known
 * any more what changed since; rejects when the store doesn't answer.
 */
export async function readOn(
  reader: RegionReader,
  cursor: Cursor,
  keepAlive: KeepAlive,
): Promise<Page | 'too-old'> {
  const { revision, replacedRevision } = reader.copy.head!
  // Ahead of what is held: a store that was put back to an earlier day.
  if (cursor.revision <= replacedRevision || cursor.revision > revision + 1) return 'too-old'
  return cursor.reads === 'all' ? readShards(reader, cursor, keepAlive) : readPushes(reader, cursor)
}

async function readShards(
  reader: RegionReader,
  cursor: Extract<Cursor, { reads: 'all' }>,
  keepAlive: KeepAlive,
): Promise<Page> {
  const { shardCount } = reader.copy.head!
  const skus: string[] = []
  let { shard, after } = cursor
  for (let read = 0; shard < shardCount && read < SHARDS_MAX; shard++, after = '', read++) {
    if (!reader.copy.skusOf(shard)) await reader.load([shard], keepAlive)
    const all = reader.copy.skusOf(shard)
    if (!all) throw new Error(`shard ${shard} can not be had`)
    const room = SKUS_MAX - skus.length
    const rest = after === '' ? all : all.filter((sku) => sku > after)
    skus.push(...rest.slice(0, room))
    if (rest.length > room)
      return { skus, next: { ...cursor, shard, after: skus.at(-1)! as never }, more: true }
  }
  if (shard < shardCount) return { skus, next: { ...cursor, shard, after: '' }, more: true }
  const { region, revision } = cursor
  const next: Cursor = { reads: 'changes', region, revision, taken: 0 }
  return { skus, next, more: revision <= reader.copy.head!.revision }
}

async function readPushes(
  reader: RegionReader,
  cursor: Extract<Cursor, { reads: 'changes' }>,
): Promise<Page | 'too-old'> {
  const last = reader.copy.head!.revision
  if (cursor.revision > last) return { skus: [], next: cursor, more: false }
  const log = await withinMs(
    reader.store.readChanges(cursor.revision, last, PUSHES_MAX),
    STORE_WAIT_MS_MAX,
    'D1',
  )
  if (log.unloggedRevision >= cursor.revision) return 'too-old'
  const skus = new Set<string>()
  for (const push of log.pushes) {
    const from = push.revision === cursor.revision ? cursor.taken : 0
    for (let taken = from; taken < push.skus.length; taken++) {
      if (skus.size === SKUS_MAX)
        return { skus: [...skus], next: { ...cursor, revision: push.revision, taken }, more: true }
      skus.add(push.skus[taken]!)
    }
  }
  const more = log.pushes.length === PUSHES_MAX
  const through = more ? log.pushes.at(-1)!.revision : last
  return { skus: [...skus], next: { ...cursor, revision: through + 1, taken: 0 }, more }
}
