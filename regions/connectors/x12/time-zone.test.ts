import { expect, test } from 'vitest'
import { formatInstant, parseInstant } from '../../../shared/kernel/clock.ts'
import { atZone } from './time-zone.ts'

test.each([
  ['CT in summer', '2013-04-01T16:00:26Z', 'CT', '2013-04-01T21:00:26.000Z'],
  ['CT in winter', '2013-01-15T16:00:26Z', 'CT', '2013-01-15T22:00:26.000Z'],
  ['CS, which knows no summer', '2013-04-01T16:00:26Z', 'CS', '2013-04-01T22:00:26.000Z'],
  ['ET on the evening before the clocks change', '2026-03-07T23:30:00Z', 'ET', '2026-03-08T04:30:00.000Z'],
  ['ET on the morning after', '2026-03-08T12:00:00Z', 'ET', '2026-03-08T16:00:00.000Z'],
  ['GM', '2026-03-08T12:00:00Z', 'GM', '2026-03-08T12:00:00.000Z'],
  ['01, an hour ahead', '2026-03-08T12:00:00Z', '01', '2026-03-08T11:00:00.000Z'],
  ['20, five hours behind', '2026-03-08T12:00:00Z', '20', '2026-03-08T17:00:00.000Z'],
  ['nothing', '2026-03-08T12:00:00Z', '', '2026-03-08T12:00:00.000Z'],
  ['a code that is none', '2026-03-08T12:00:00Z', 'QQ', '2026-03-08T12:00:00.000Z'],
])('a wall clock with %s', (_, wall, code, utc) =>
  expect(formatInstant(atZone(parseInstant(wall)!, code))).toBe(utc),
)
