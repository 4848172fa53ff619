import { expect, test } from 'vitest'
import { lineOf, placeOf } from './json-place.ts'

const TEXT = `{
  "rules": [
    { "class": "b2b}", "cap": 5 },
    { "class": "a\\"b", "cap": -1.5e2, "ringFence": { "percent": 120 } }
  ],
  "on": true
}`

const at = (path: string): string => {
  const { from, to } = placeOf(TEXT, path)
  return TEXT.slice(from, to)
}

test.each([
  ['rules.0.class', '"b2b}"'],
  ['rules.0.cap', '5'],
  ['rules.1.class', '"a\\"b"'],
  ['rules.1.cap', '-1.5e2'],
  ['rules.1.ringFence.percent', '120'],
  ['rules.1.ringFence', '{ "percent": 120 }'],
  ['on', 'true'],
])('%s stands where %s is', (path, value) => {
  expect(at(path)).toBe(value)
})

test('what is missing is shown by what it is missing in', () => {
  expect(at('rules.0.buffer')).toBe('{ "class": "b2b}", "cap": 5 }')
  expect(at('rules.7.cap')).toMatch(/^\[[\s\S]*\]$/)
  expect(at('')).toBe(TEXT)
  expect(placeOf('{}', 'percent')).toEqual({ from: 0, to: 2 })
  expect(placeOf('  [ ]', '0')).toEqual({ from: 2, to: 5 })
})

test('a place is said by its line', () => {
  expect(lineOf(TEXT, placeOf(TEXT, 'rules.1.cap').from)).toBe(4)
})
