import { expect, test } from 'vitest'
import type { RegionRun } from '../../../shared/contract/governed-policy-api.ts'
import { findPolicies } from './find-policies.ts'

const run = (more: Partial<RegionRun>): RegionRun => ({
  region: 'eu' as never,
  wanted: 7,
  running: 7,
  isCurrent: true,
  toldAt: '2026-11-23T12:00:00.000Z',
  applied: 3,
  overridden: [],
  refused: [],
  ...more,
})

test('a region that runs what is in force is no finding, whatever it has overridden', () => {
  const overridden = [{ kind: 'tier', scope: '*', version: 1, author: 'ada', localVersion: 2 }]
  expect(findPolicies([run({}), run({ overridden })])).toEqual([])
})

test('a region that is behind is found when it had its time, by how many versions', () => {
  expect(findPolicies([run({ running: 5, isCurrent: false })])).toMatchObject([
    { kind: 'policy', class: 'missing-event', subject: 'revision', difference: -2, settlesAfterMs: 60_000 },
  ])
  expect(findPolicies([run({ running: null, isCurrent: false })])).toMatchObject([{ difference: -7 }])
})

test('what a region can not apply is found by name', () => {
  const refused = [{ kind: 'tier', scope: 'sku:X', version: 1, errors: [] }]
  expect(findPolicies([run({ refused })])).toMatchObject([
    { class: 'mapping', subject: 'refused', difference: 1, evidence: { refused } },
  ])
})
