import { expect, test } from 'vitest'
import { msgpackBytes } from './msgpack-bytes.ts'

test('sizes are those of the specification: its own example, and the border of each form', () => {
  expect(msgpackBytes({ compact: true, schema: 0 })).toBe(18)
  for (const [value, bytes] of [
    [127, 1],
    [128, 2],
    [255, 2],
    [256, 3],
    [65_535, 3],
    [65_536, 5],
    [2 ** 32, 9],
    [-32, 1],
    [-33, 2],
    [-129, 3],
  ] as const)
    expect([value, msgpackBytes(value)]).toEqual([value, bytes])
  for (const [length, bytes] of [
    [31, 32],
    [32, 34],
    [255, 257],
    [256, 259],
  ] as const)
    expect(msgpackBytes('x'.repeat(length))).toBe(bytes)
  expect(msgpackBytes(Array.from({ length: 16 }, () => 1))).toBe(19)
})
