import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hear, type HeardSequence, missingOf } from './heard-sequence.ts'

const heardOf = (sequences: readonly number[]): HeardSequence => {
  const heard: HeardSequence = []
  for (const it of sequences) hear(heard, it)
  return heard
}
const ALL = Number.POSITIVE_INFINITY

test('what is missing is what was not heard between the first and the last, in whatever order they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1 }), (sequences) => {
      const missing: number[] = []
      for (const { from, to } of missingOf(heardOf(sequences), ALL))
        for (let it = from; it <= to; it++) missing.push(it)
      const said = new Set(sequences)
      const expected: number[] = []
      for (let it = Math.min(...said); it < Math.max(...said); it++) if (!said.has(it)) expected.push(it)
      expect(missing.toSorted((a, b) => a - b)).toEqual(expected)
    }),
  )
})

test('the newest holes are told first, and of endless ones the oldest are forgotten', () => {
  expect(missingOf(heardOf([1, 2, 5, 9, 10]), 1)).toEqual([{ from: 6, to: 8 }])
  const leaps = heardOf(Array.from({ length: 5_000 }, (_, n) => n * 10))
  expect(leaps.length).toBe(512)
  expect(missingOf(leaps, 1)).toEqual([{ from: 49_981, to: 49_989 }])
})
