import { expect, test } from 'vitest'
import type { SourceWord } from '../../shared/contract/reports.ts'
import { heartbeat } from '../../tests/support/heartbeat.ts'
import { findSources } from './find-sources.ts'

const SOURCE: SourceWord = {
  source: 'wms-ber1' as never,
  role: 'wms',
  facts: 5,
  lastFactAt: '2026-11-23T11:00:00.000Z',
  highestSequence: 9,
  missing: [],
  heardAt: '2026-11-23T11:00:00.000Z',
  condition: 'fresh',
}
const find = (source: Partial<SourceWord>) => findSources(heartbeat({ sources: [{ ...SOURCE, ...source }] }))

test('a source that speaks, and whose counter has no holes, is no finding', () => {
  expect(find({})).toEqual([])
})

test('a source that is silent is found at once, and is a matter of time', () => {
  expect(find({ condition: 'down' })).toMatchObject([
    { kind: 'source', class: 'timing', subject: 'silence', source: 'wms-ber1', settlesAfterMs: 0 },
  ])
})

test('a channel that has nothing to tell is none: it keeps no stock', () => {
  expect(find({ condition: 'down', role: 'channel' })).toEqual([])
})

test('holes of a source’s counter are missing events, once they had the time to be told', () => {
  const missing = [
    { from: 7, to: 8 },
    { from: 3, to: 3 },
  ]
  expect(find({ missing })).toMatchObject([
    {
      class: 'missing-event',
      subject: 'counter',
      difference: -3,
      settlesAfterMs: 60_000,
      evidence: { missing },
    },
  ])
})
