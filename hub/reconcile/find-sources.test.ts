import { expect, test } from 'vitest'
import { HeartbeatReport } from '../../shared/contract/reports.ts'
import { findSources } from './find-sources.ts'

const heartbeat = (source: object): HeartbeatReport =>
  HeartbeatReport.parse({
    kind: 'heartbeat',
    region: 'eu',
    at: '2026-11-23T12:00:00.000Z',
    epoch: 1,
    journalSequence: 1,
    factsApplied: 1,
    factsDuplicate: 0,
    factsBehind: 0,
    exceptionsOpen: 0,
    skus: 1,
    edge: { version: 1, acknowledgedAt: null, dirtySkus: 0, writes: 0 },
    sources: [
      {
        source: 'wms-ber1',
        role: 'wms',
        facts: 5,
        lastFactAt: '2026-11-23T11:00:00.000Z',
        highestSequence: 9,
        missing: [],
        heardAt: '2026-11-23T11:00:00.000Z',
        condition: 'fresh',
        ...source,
      },
    ],
  })

test('a source that speaks, and whose counter has no holes, is no finding', () => {
  expect(findSources(heartbeat({}))).toEqual([])
})

test('a source that is silent is found at once, and is a matter of time', () => {
  expect(findSources(heartbeat({ condition: 'down' }))).toMatchObject([
    { kind: 'source', class: 'timing', subject: 'silence', source: 'wms-ber1', settlesAfterMs: 0 },
  ])
})

test('a channel that has nothing to tell is none: it keeps no stock', () => {
  expect(findSources(heartbeat({ condition: 'down', role: 'channel' }))).toEqual([])
})

test('holes of a source’s counter are missing events, once they had the time to be told', () => {
  const missing = [
    { from: 7, to: 8 },
    { from: 3, to: 3 },
  ]
  expect(findSources(heartbeat({ missing }))).toMatchObject([
    {
      class: 'missing-event',
      subject: 'counter',
      difference: -3,
      settlesAfterMs: 60_000,
      evidence: { missing },
    },
  ])
})
