import { expect, test } from 'vitest'
import type { HeartbeatReport } from '../../shared/contract/reports.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { heartbeat } from '../../tests/support/heartbeat.ts'
import { RegionWatch } from './region-watch.ts'

const NOW = 1_800_000_000_000
const beat = (at: number, factsApplied = 0): HeartbeatReport =>
  heartbeat({ at: formatInstant(at), journalSequence: factsApplied, factsApplied })

test('a region is never, live, behind or silent by what the centre heard and when', () => {
  const watch = new RegionWatch()
  expect(watch.link(0, NOW)).toBe('never')
  watch.hear(beat(NOW - 100), NOW)
  expect(watch.link(0, NOW)).toBe('live')
  expect(watch.link(3, NOW)).toBe('behind')
  expect(watch.link(0, NOW + 5_001)).toBe('silent')
})

test('old heartbeats that arrive now mean a region behind, not one that is live', () => {
  const watch = new RegionWatch()
  watch.hear(beat(NOW - 60_000), NOW)
  expect(watch.link(0, NOW)).toBe('behind')
})

test('a region known from before a restart is silent until it speaks', () => {
  const watch = new RegionWatch()
  watch.remember(beat(NOW))
  expect(watch.link(0, NOW)).toBe('silent')
})

test('a heartbeat that comes out of order changes nothing', () => {
  const watch = new RegionWatch()
  watch.hear(beat(NOW, 10), NOW)
  watch.hear(beat(NOW - 1_000, 5), NOW)
  expect(watch.heartbeat?.factsApplied).toBe(10)
  expect(watch.history).toHaveLength(1)
})

test('the history holds lag and facts per second, and no more than some minutes', () => {
  const watch = new RegionWatch()
  for (let i = 0; i < 400; i++) watch.hear(beat(NOW + i * 1000, i * 20), NOW + i * 1000 + 30)
  expect(watch.history).toHaveLength(300)
  expect(watch.history.at(-1)).toEqual({ at: formatInstant(NOW + 399_000), lagMs: 30, factsPerSecond: 20 })
})
