import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FewMap } from './few-map.ts'

type Key = { readonly name: string }
const KEYS: readonly Key[] = ['a', 'b', 'c', 'd'].map((name) => ({ name }))

test('few entries are kept as a map keeps them, whatever is put and taken in whichever order', () => {
  const step = fc.record({ at: fc.nat(3), value: fc.integer({ min: 1, max: 9 }), isTaken: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
      const [few, map] = [new FewMap<Key, number>(), new Map<Key, number>()]
      for (const { at, value, isTaken } of steps) {
        for (const kept of [few, map]) {
          if (isTaken) kept.delete(KEYS[at]!)
          else kept.set(KEYS[at]!, value)
        }
        expect(few.size).toBe(map.size)
        expect(new Map(few)).toEqual(map)
        expect(new Set(few.keys())).toEqual(new Set(map.keys()))
        for (const key of KEYS) expect(few.get(key)).toBe(map.get(key))
        expect(few.first === null).toBe(map.size === 0)
      }
    }),
  )
})
