import type { EdgeRepaired, RepairEdge } from '../../shared/contract/edge-repair-api.ts'
import type { Sku } from '../../shared/domain/ids.ts'
import { rowDigest } from '../../shared/snapshot/row-digest.ts'
import type { MasterBook } from '../ledger/core/master-book.ts'
import type { Publisher } from './publisher.ts'

/** Which skus of a shard the edge has otherwise than the ledger does; the shard is sent once more. */
export function repairShard(
  publisher: Pick<Publisher, 'rowsOf' | 'isAt' | 'resend'>,
  master: Pick<MasterBook, 'item'>,
  { shard, epoch, version, rows, anyway }: RepairEdge,
): EdgeRepaired {
  const isExact = publisher.isAt(epoch, version)
  const held = new Map<string, string>(rows.map(({ sku, digest }) => [sku, digest]))
  const wanted = publisher.rowsOf(shard)
  const differing = wanted
    .filter((row) => held.get(row.sku) !== rowDigest(row))
    .map((row) => ({ sku: row.sku as Sku, pool: row.inputs.pool }))
  const known = new Set(wanted.map(({ sku }) => sku))
  // What waits is an item of ours, too: left out by rowsOf, and not to be told as one that must not be there.
  const strange = rows
    .filter(({ sku }) => !known.has(sku) && !master.item(sku))
    .map(({ sku }) => ({ sku, pool: null }))
  if (isExact || anyway) publisher.resend(shard)
  return {
    isExact,
    skus: [...differing, ...strange].map((it) => ({ ...it, value: master.item(it.sku)?.value ?? null })),
  }
}
