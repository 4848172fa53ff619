import { expect, test } from 'vitest'
import { type Alert, AlertKind } from '../../../../shared/contract/alert-api.ts'
import { Region } from '../../../../shared/domain/ids.ts'
import { ALERT_KINDS, levelWords, placeOf, standingOf } from './alert-words.ts'

const ALERT: Alert = {
  id: 'a1',
  kind: 'negative-ats',
  severity: 'critical',
  state: 'firing',
  group: 'negative-ats/eu',
  region: Region.parse('eu'),
  subject: 'BOLT@ber1',
  summary: '',
  labels: { sku: 'BOLT/8' },
  level: 3,
  raise: 1,
  clear: 1,
  since: '2026-11-20T10:00:00.000Z',
  updatedAt: '2026-11-20T10:00:00.000Z',
  resolvedAt: null,
  owner: null,
  acknowledged: null,
  silencedUntil: null,
  runbook: 'negative-ats',
}
const SEEN = { by: 'ada', at: ALERT.since, note: '' }

test('every kind of alert is offered', () => {
  expect(ALERT_KINDS.toSorted()).toEqual(AlertKind.options.toSorted())
})

test.each([
  ['edge-behind', 2_340, '2.3 s'],
  ['variance-value', 125_050, '1,250.50'],
  ['source-stale', 2, 'down'],
  ['negative-ats', 3, '3 units'],
  ['oversell-risk', 1.26, '1.3 times'],
] as const)('a level of %s is said in its own unit', (kind, level, words) => {
  expect(levelWords(kind, level)).toBe(words)
})

test('what is over is over, whoever has seen it; a silence says more than having seen it', () => {
  expect(standingOf(ALERT)).toBe('unseen')
  expect(standingOf({ ...ALERT, acknowledged: SEEN })).toBe('acknowledged')
  expect(standingOf({ ...ALERT, acknowledged: SEEN, silencedUntil: ALERT.since })).toBe('silenced')
  expect(standingOf({ ...ALERT, acknowledged: SEEN, state: 'resolved' })).toBe('over')
})

test('from an alert one gets to the thing itself', () => {
  expect(placeOf(ALERT)?.href).toBe('/skus/BOLT%2F8?region=eu')
  expect(placeOf({ ...ALERT, kind: 'variance-age', subject: 'v1' })?.href).toBe('/reconciliation/v1')
  expect(placeOf({ ...ALERT, kind: 'edge-behind', labels: {} })).toBeNull()
})
