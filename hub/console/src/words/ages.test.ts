import { expect, test } from 'vitest'
import { ageWords, spanWords } from './ages.ts'

test.each([
  [-300, '< 1 s'],
  [999, '< 1 s'],
  [1_000, '1 s'],
  [119_999, '119 s'],
  [120_000, '2 min'],
  [7_199_000, '119 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 days'],
])('an age of %d ms is said as "%s"', (ms, words) => {
  expect(ageWords(ms)).toBe(words)
})

test.each([
  [0, '0 ms'],
  [412.4, '412 ms'],
  [2_340, '2.3 s'],
  [61_000, '61 s'],
])('a span of %d ms is said as "%s"', (ms, words) => {
  expect(spanWords(ms)).toBe(words)
})
