import { expect, test } from 'vitest'
import type { Batch } from './compactor.ts'
import { EdgeDelays } from './edge-delays.ts'

const waited = (...since: number[]) =>
  new Map(since.map((it, shard) => [shard, { since: it, skus: new Set([1]) }]))
const batch = (a: number[], b: number[] = []): Pick<Batch, 'taken'> => ({
  taken: { A: waited(...a), B: waited(...b), C: waited() },
})

test('what a tier waited is told by its percentiles, and nothing of a tier that had nothing to tell', () => {
  const delays = new EdgeDelays()
  delays.note(batch([990, 980, 900], [0]), 1_000)
  delays.note(batch([]), 1_001)
  expect(delays.view()).toEqual({
    A: { changes: 3, p50Ms: 20, p95Ms: 100, p99Ms: 100 },
    B: { changes: 1, p50Ms: 1_000, p95Ms: 1_000, p99Ms: 1_000 },
    C: null,
  })
})

test('the latest thousand count, and a clock that was set back is no delay', () => {
  const delays = new EdgeDelays()
  delays.note(batch([0]), 60_000)
  for (let i = 0; i < 1_000; i++) delays.note(batch([i + 10]), i)
  expect(delays.view().A).toEqual({ changes: 1_000, p50Ms: 0, p95Ms: 0, p99Ms: 0 })
})
