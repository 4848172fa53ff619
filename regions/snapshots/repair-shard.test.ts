import { expect, test } from 'vitest'
import type { RepairEdge } from '../../shared/contract/edge-repair-api.ts'
import { rowDigest } from '../../shared/snapshot/row-digest.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'
import { repairShard } from './repair-shard.ts'

const row = (sku: string, pool: number): SnapshotRow => ({
  sku,
  tier: 'B',
  inputs: { gross: pool, pool, demandByClass: new Map(), demandTotal: 0 },
  nodes: [],
})
const held = (...rows: SnapshotRow[]) =>
  rows.map((it) => ({ sku: it.sku, digest: rowDigest(it) })) as RepairEdge['rows']

function repair(
  ledger: SnapshotRow[],
  edge: RepairEdge['rows'],
  { isAt = true, anyway = false, items = {} } = {},
) {
  const resent: number[] = []
  const publisher = {
    rowsOf: () => ledger,
    isAt: () => isAt,
    resend: (shard: number) => void resent.push(shard),
  }
  const master = { item: (sku: string) => (items as Record<string, { value?: number }>)[sku] as never }
  const told = { shard: 3, epoch: 1, version: 7, rows: edge, anyway }
  return { answer: repairShard(publisher, master, told), resent }
}

test('the skus whose rows differ, are missing or too many are named, and the shard is sent again', () => {
  const { answer, resent } = repair(
    [row('A', 1), row('B', 2), row('C', 3)],
    held(row('A', 1), row('B', 9), row('Z', 4)),
    { items: { B: { value: 250 } } },
  )
  expect(answer).toEqual({
    isExact: true,
    skus: [
      { sku: 'B', pool: 2, value: 250 },
      { sku: 'C', pool: 3, value: null },
      { sku: 'Z', pool: null, value: null },
    ],
  })
  expect(resent).toEqual([3])
})

test('a sku whose change waits is named neither as different nor as too many', () => {
  const { answer } = repair([row('A', 1)], held(row('A', 1), row('B', 2)), { items: { B: {} } })
  expect(answer.skus).toEqual([])
})

test('what is not of one version is sent again only when that is asked for', () => {
  expect(repair([row('A', 1)], [], { isAt: false })).toMatchObject({ answer: { isExact: false }, resent: [] })
  expect(repair([row('A', 1)], [], { isAt: false, anyway: true }).resent).toEqual([3])
})
