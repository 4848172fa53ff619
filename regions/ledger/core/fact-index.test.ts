import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FactIndex } from './fact-index.ts'

// Few homes for many keys: those that stand behind one another are what goes wrong.
const key = fc.tuple(fc.constantFrom(0, 1, 2 ** 22), fc.integer({ min: 0, max: 24 }))
const steps = fc.array(fc.record({ key, isAdded: fc.boolean(), content: fc.nat() }), {
  maxLength: 300,
  size: 'max',
})

test('a key is found until it is removed, whatever was added and removed around it', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const [index, known] = [new FactIndex(), new Map<string, number>()]
      const nameOf = (hi: number, lo: number): string => `${hi}/${hi === 0 && lo === 0 ? 1 : lo}`
      for (const {
        key: [hi, lo],
        isAdded,
        content,
      } of taken) {
        if (!isAdded) {
          index.remove(hi, lo)
          known.delete(nameOf(hi, lo))
        } else if (!known.has(nameOf(hi, lo))) {
          index.add(hi, lo, content)
          known.set(nameOf(hi, lo), content)
        }
        expect(index.find(hi, lo)).toBe(known.get(nameOf(hi, lo)) ?? -1)
      }
      for (const hi of [0, 1, 2 ** 22])
        for (let lo = 0; lo <= 24; lo++) expect(index.find(hi, lo)).toBe(known.get(nameOf(hi, lo)) ?? -1)
    }),
    { numRuns: 500 },
  )
})
