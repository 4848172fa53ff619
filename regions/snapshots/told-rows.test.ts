import { expect, test } from 'vitest'
import { encodeShard } from '../../shared/snapshot/shard.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'
import { ToldRows } from './told-rows.ts'

const row = (sku: string, pool: number): SnapshotRow => ({
  sku,
  tier: 'A',
  inputs: { gross: pool, pool, demandByClass: new Map(), demandTotal: 0 },
  nodes: [],
})
const shard = (...rows: SnapshotRow[]) => encodeShard({ region: 'eu', shard: 3, version: 1, asOf: 0 }, rows)
const poolOf = (told: ToldRows, sku: string) => told.find(3, sku)?.inputs.pool

test('what was told is the last that travelled, alone or in its shard', () => {
  const told = new ToldRows()
  expect(told.find(3, 'a')).toBe(null)
  told.noteRow(3, row('a', 1), 0)
  told.noteShard(3, shard(row('a', 2), row('b', 5)))
  expect([poolOf(told, 'a'), poolOf(told, 'b'), poolOf(told, 'c')]).toEqual([2, 5, undefined])
  told.noteRow(3, row('a', 3), 0)
  expect([poolOf(told, 'a'), poolOf(told, 'b')]).toEqual([3, 5])
  told.noteShard(3, shard(row('a', 4)))
  expect([poolOf(told, 'a'), poolOf(told, 'b')]).toEqual([4, undefined])
})

test('a shard travels anew a minute after the first row was laid over it, or when these are a thousand', () => {
  const told = new ToldRows()
  told.noteRow(3, row('a', 1), 1_000)
  told.noteRow(3, row('a', 2), 50_000)
  expect([...told.tooMuchLaidOver(60_999)]).toEqual([])
  expect([...told.tooMuchLaidOver(61_000)]).toEqual([3])
  told.noteShard(3, shard(row('a', 2)))
  expect([...told.tooMuchLaidOver(200_000)]).toEqual([])
  for (let n = 0; n < 1_024; n++) told.noteRow(3, row(`s${n}`, 1), 200_000)
  expect([...told.tooMuchLaidOver(200_000)]).toEqual([3])
})
