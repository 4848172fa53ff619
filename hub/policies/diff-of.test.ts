import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffOf } from './diff-of.ts'

test('a difference is told by its path, with what was and what is', () => {
  const before = { rules: [{ class: 'b2b', cap: 5 }, { class: 'web' }], mode: 'pick' }
  const after = { rules: [{ class: 'b2b', cap: 9 }], until: '2026-12-01T00:00:00Z' }
  expect(diffOf(before, after)).toEqual([
    { path: 'rules.0.cap', before: 5, after: 9 },
    { path: 'rules.1', before: { class: 'web' }, after: null },
    { path: 'mode', before: 'pick', after: null },
    { path: 'until', before: null, after: '2026-12-01T00:00:00Z' },
  ])
})

test('a number and a list of it are not the same, nor is a list an object', () => {
  expect(diffOf({ a: 1 }, { a: [1] })).toEqual([{ path: 'a', before: 1, after: [1] }])
  expect(diffOf({ a: [1] }, { a: { 0: 1 } })).toEqual([{ path: 'a', before: [1], after: { 0: 1 } }])
})

test('what is the same has no difference, and what has none is the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(diffOf(a, structuredClone(a))).toEqual([])
      const told = diffOf({ it: a }, { it: b })
      // A field that is null and one that is not there say the same: nothing.
      const bare = (value: unknown): unknown =>
        JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
          inner !== null && typeof inner === 'object' && !Array.isArray(inner)
            ? Object.fromEntries(
                Object.entries(inner)
                  .filter(([, it]) => it !== null)
                  .sort(),
              )
            : inner,
        )
      if (told.length === 0) expect(bare(a)).toEqual(bare(b))
    }),
  )
})
