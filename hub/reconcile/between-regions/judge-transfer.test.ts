import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Leg, transfersOf } from './judge-transfer.ts'

const AT = '2026-11-23T12:00:00.000Z'
const soon = Date.parse(AT) + 3_600_000
const regionOf = (node: string): string | null => ({ ber1: 'eu', nyc1: 'us' })[node] ?? null

const leg = (half: 'shipped' | 'received', quantity: number, more: Partial<Leg> = {}): Leg => ({
  region: half === 'shipped' ? 'eu' : 'us',
  source: 'wms',
  id: `${half}-${quantity}`,
  transfer: 'T1',
  sku: 'X',
  fromNode: 'ber1',
  toNode: 'nyc1',
  isShipped: half === 'shipped',
  quantity,
  at: AT,
  forwardedAt: null,
  dueAt: null,
  ...more,
})
const stateOf = (legs: Leg[], now = soon) => transfersOf(legs, regionOf, now)[0]

describe('a transfer between regions', () => {
  test.each([
    ['open while nothing has arrived', [leg('shipped', 5)], 'open'],
    ['short when less has arrived', [leg('shipped', 5), leg('received', 3)], 'short'],
    ['received when all has', [leg('shipped', 5), leg('received', 3), leg('received', 2)], 'received'],
    ['over-received when more has', [leg('shipped', 5), leg('received', 6)], 'over-received'],
    ['unshipped when only its arrival is known', [leg('received', 6)], 'unshipped'],
  ])('is %s', (_words, legs, state) => {
    expect(stateOf(legs)?.state).toBe(state)
  })
  test('is overdue when it has not arrived after a day', () => {
    expect(stateOf([leg('shipped', 5)], Date.parse(AT) + 86_400_001)?.state).toBe('overdue')
  })
  test('knows the regions of its ends, and whether the receiving one was told', () => {
    expect(stateOf([leg('shipped', 5)])).toMatchObject({ fromRegion: 'eu', toRegion: 'us', forwarded: false })
    expect(stateOf([leg('shipped', 5, { forwardedAt: AT })])?.forwarded).toBe(true)
  })
  test('within one region has nobody to tell', () => {
    expect(stateOf([leg('shipped', 5, { toNode: 'ber1' })])?.forwarded).toBeNull()
  })
})

test('the halves may be heard of in any order', () => {
  const legs = fc
    .array(
      fc.tuple(
        fc.constantFrom('shipped' as const, 'received' as const),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(9),
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((all) =>
      all.map(([half, quantity, minute], i) =>
        leg(half, quantity, { id: `l${i}`, at: `2026-11-23T12:0${minute}:00.000Z` }),
      ),
    )
  fc.assert(
    fc.property(
      legs.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => {
        expect(stateOf(shuffled)).toEqual(stateOf(all))
      },
    ),
  )
})
