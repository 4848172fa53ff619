import { expect, test } from 'vitest'
import type { TrendPoint } from '../../../../shared/contract/trend-api.ts'
import { linesOf } from './line-chart.tsx'
import { pointsOf } from './points-of.ts'

const NOON = Date.parse('2026-11-23T12:00:00.000Z')
const STEP_MS = 60_000
const point = (minute: number, factsBehind: number) =>
  ({ at: new Date(NOON + minute * STEP_MS).toISOString(), factsBehind }) as TrendPoint

test('a minute of which nothing is known is a gap in the line, not a 0', () => {
  const trend = { stepMs: STEP_MS, points: [point(0, 4), point(1, 0), point(3, 2)] }
  const points = pointsOf(trend, NOON + 4 * STEP_MS, ({ factsBehind }) => factsBehind)
  expect(points.map(({ value }) => value)).toEqual([4, 0, null, 2, null])
  const lines = linesOf(points, { fromMs: NOON, toMs: NOON + 4 * STEP_MS, most: 4 })
  expect(lines).toEqual(['0.0,1.5 25.0,39.5', '74.6,20.5 75.4,20.5'])
})

test('where nothing was ever kept there are no points', () => {
  expect(pointsOf({ stepMs: STEP_MS, points: [] }, NOON, () => 1)).toEqual([])
})
