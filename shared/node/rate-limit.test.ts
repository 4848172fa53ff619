import { expect, test } from 'vitest'
import { RateLimit } from './rate-limit.ts'

test('a caller has its burst, then as many a minute as it is given, and is told when to come again', () => {
  const limit = new RateLimit({ burst: 3, perMinute: 6 })
  expect([1, 2, 3].map(() => limit.take('a', 1_000))).toEqual([null, null, null])
  expect(limit.take('a', 1_000)).toBe(10)
  expect(limit.take('b', 1_000), 'another caller has a bucket of its own').toBe(null)
  expect(limit.take('a', 6_000)).toBe(5)
  expect(limit.take('a', 11_000)).toBe(null)
  expect(limit.take('a', 11_000)).toBe(10)
})

test('what is given back counts again, and never more than the burst', () => {
  const limit = new RateLimit({ burst: 1, perMinute: 1 })
  for (let tries = 0; tries < 5; tries++) {
    expect(limit.take('a', 0)).toBe(null)
    limit.giveBack('a')
    limit.giveBack('a')
  }
  limit.take('a', 0)
  expect(limit.take('a', 0)).toBe(60)
})

test('a clock that goes back takes nothing away and gives nothing', () => {
  const limit = new RateLimit({ burst: 1, perMinute: 60 })
  limit.take('a', 10_000)
  expect(limit.take('a', 0)).toBe(1)
  expect(limit.take('a', 1_000)).toBe(null)
})
