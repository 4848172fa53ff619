import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimalOf, isEqual, isLess, minus, plus, textOf, unitsOf } from './decimal.ts'

const written = fc
  .tuple(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.integer({ min: 0, max: 9 }))
  .map(([units, scale]) => ({ units, scale }))

test('what is written is what is read', () =>
  fc.assert(
    fc.property(written, (value) => {
      expect(isEqual(decimalOf(textOf(value))!, value)).toBe(true)
    }),
  ))

test('sums are exact, whatever the places behind the point', () => {
  expect(textOf(plus(decimalOf('0.1')!, decimalOf('0.2')!))).toBe('0.3')
  fc.assert(
    fc.property(written, written, (a, b) => {
      expect(isEqual(minus(plus(a, b), b), a)).toBe(true)
      expect(isLess(a, b)).toBe(!isLess(b, a) && !isEqual(a, b))
    }),
  )
})

test.each([
  ['2.5', 3, 2500n],
  ['-2.5', 3, -2500n],
  ['72.000', 0, 72n],
  ['.5', 1, 5n],
  ['5.', 0, 5n],
  ['2.5', 0, null],
  ['0.0005', 3, null],
  ['9007199254740993', 0, 9007199254740993n],
])('%s in units of 10^-%d is %s', (text, decimals, units) =>
  expect(unitsOf(decimalOf(text)!, decimals)).toBe(units),
)

test.each(['', '.', '-', '1e3', 'NaN', 'Infinity', '0x10', '1,5', ' 1', '1_0', '9'.repeat(65)])(
  '%j is no number',
  (text) => expect(decimalOf(text)).toBeNull(),
)
