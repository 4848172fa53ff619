import { expect, test } from 'vitest'
import type { VarianceTrend } from '../../../../shared/contract/variance-api.ts'
import { hoursOf } from './trend-chart.tsx'

test('hours without anything are there too, and classes of one hour are added up', () => {
  const told = (at: string, opened: number, closed: number): VarianceTrend => ({
    at,
    class: 'unknown',
    opened,
    closed,
    openedUnits: 0,
    openedValue: 0,
  })
  const trend = [
    told('2026-11-26T08:00:00.000Z', 1, 0),
    { ...told('2026-11-26T08:00:00.000Z', 2, 1), class: 'unit' as const },
    told('2026-11-26T10:00:00.000Z', 0, 3),
  ]
  const hours = hoursOf(trend, 4, Date.parse('2026-11-26T10:59:00Z'))
  expect(hours.map(({ opened, closed }) => [opened, closed])).toEqual([
    [0, 0],
    [3, 1],
    [0, 0],
    [0, 3],
  ])
})
