import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayOf, formatInstant, parseInstant } from './clock.ts'

test('a written instant reads back as itself, from year 1 to 9999', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (at) => {
      expect(parseInstant(formatInstant(at))).toBe(at)
      expect(formatInstant(at)).toBe(new Date(at).toISOString())
    }),
  )
})

test.each([
  ['2026-11-23T16:00:00Z', '2026-11-23T16:00:00.000Z'],
  ['2026-11-23T16:00:00+02:00', '2026-11-23T14:00:00.000Z'],
  ['2026-11-23t16:00:00.1234567z', '2026-11-23T16:00:00.123Z'],
  ['2024-02-29T00:00:00-00:30', '2024-02-29T00:30:00.000Z'],
])('%s is %s', (text, utc) => {
  expect(formatInstant(parseInstant(text)!)).toBe(utc)
})

test.each([
  '',
  'now',
  '2026-11-23',
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-11-23T24:00:00Z',
  '2026-11-23 16:00:00Z',
  '2026-11-23T16:00:00',
  '2026-11-23T1a:00:00.000Z',
  '2026-11-23T16:0:00.0000Z',
  '2026-11-23T16:00:00.00-Z',
  '2025-02-29T00:00:00.000Z',
])('%j is no instant', (text) => {
  expect(parseInstant(text)).toBeNull()
})

test('a day is the UTC day', () => {
  expect(dayOf(parseInstant('2026-11-23T23:30:00-02:00')!)).toBe('2026-11-24')
})
