import { expect, test } from 'vitest'
import type { JournalEntry } from '../../../../shared/contract/journal-api.ts'
import { delaysOf } from './delays.ts'

const AT = Date.parse('2026-01-01T00:00:00.000Z')
const entry = (source: string, delayMs: number, status = 'accepted'): JournalEntry =>
  ({
    entry: 1,
    status,
    recordedAt: new Date(AT).toISOString(),
    event: { id: 'x', source, type: 't', time: new Date(AT - delayMs).toISOString() },
    effects: [],
  }) as unknown as JournalEntry

test('percentiles are delays that were measured, by source, the slowest first', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => entry('wms', i + 1))
  expect(delaysOf([...hundred, entry('erp', 5_000)])).toEqual([
    { name: 'erp', count: 1, p50Ms: 5_000, p95Ms: 5_000, p99Ms: 5_000 },
    { name: 'wms', count: 100, p50Ms: 50, p95Ms: 95, p99Ms: 99 },
  ])
})

test('what was told twice is measured once, and a clock that runs ahead is no delay', () => {
  expect(delaysOf([entry('wms', 9_000, 'duplicate'), entry('wms', -50)])).toEqual([
    { name: 'wms', count: 1, p50Ms: 0, p95Ms: 0, p99Ms: 0 },
  ])
  expect(delaysOf([])).toEqual([])
})
