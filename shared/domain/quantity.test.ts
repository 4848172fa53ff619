import fc from 'fast-check'
import { expect, test } from 'vitest'
import { percentOf, percentOfRoundedUp } from './quantity.ts'

test('a percentage of units is exact, also where its product would be beyond the safe integers', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 100 }), (units, percent) => {
      const product = BigInt(units) * BigInt(percent)
      expect(BigInt(percentOf(units, percent))).toBe(product / 100n)
      expect(BigInt(percentOfRoundedUp(units, percent))).toBe((product + 99n) / 100n)
    }),
  )
  expect(percentOf(Number.MAX_SAFE_INTEGER, 99)).toBe(8_917_127_262_193_581)
})
