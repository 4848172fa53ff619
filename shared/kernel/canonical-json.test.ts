import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

test('the order of fields makes no difference, at whatever depth; that of a list does', () => {
  const one = { b: [{ y: 1, x: 2 }], a: { d: null, c: 'text' } }
  const other = { a: { c: 'text', d: null }, b: [{ x: 2, y: 1 }] }
  expect(canonicalJson(one)).toBe('{"a":{"c":"text","d":null},"b":[{"x":2,"y":1}]}')
  expect(canonicalJson(other)).toBe(canonicalJson(one))
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]))
})

test('a field that is undefined is as one that is absent', () => {
  expect(canonicalJson({ a: 1, b: undefined })).toBe(canonicalJson({ a: 1 }))
})
