import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseBoundedJson } from '../kernel/bounded-json.ts'
import { percentOf, percentOfRoundedUp, PositiveQuantity } from './quantity.ts'

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

test('of a quantity that no double holds it is said that it is too large, and not that it is a text', () => {
  const refusalOf = (json: string): string | undefined => {
    const parsed = parseBoundedJson(json)
    return parsed.ok
      ? PositiveQuantity.safeParse(parsed.value).error?.issues[0]?.message
      : parsed.error.detail
  }
  expect(refusalOf('9007199254740992')).toBe('at most 1000000000000 either way')
  expect(refusalOf('"3"')).toBe('Invalid input: expected number, received string')
  expect(refusalOf('3')).toBeUndefined()
})
