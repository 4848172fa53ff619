import type { SnapshotRow } from '../../shared/snapshot/row.ts'

/** A row with `pool` units that nobody has claimed, at one node. */
export function row(sku: string, pool: number, more: Partial<SnapshotRow> = {}): SnapshotRow {
  return {
    sku,
    tier: 'B',
    inputs: { gross: pool, pool, demandTotal: 0, demandByClass: new Map() },
    nodes: [{ node: 'ber1', availableToSell: pool }],
    ...more,
  }
}
