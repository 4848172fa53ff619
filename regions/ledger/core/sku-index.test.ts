import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SkuIndex } from './sku-index.ts'

test('an index gives the skus that were added under a key and not dropped', () => {
  const step = fc.record({
    does: fc.constantFrom('add', 'drop'),
    key: fc.constantFrom('k', 'l'),
    sku: fc.constantFrom('A', 'B', 'C'),
  })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const index = new SkuIndex()
      const plain = new Set<string>()
      for (const { does, key, sku } of steps) {
        if (does === 'add') index.add(key, sku)
        else index.drop(key, sku)
        if (does === 'add') plain.add(key + sku)
        else plain.delete(key + sku)
      }
      const all = ['k', 'l'].flatMap((key) => [...index.of(key)].map((sku) => key + sku))
      expect(all.sort()).toEqual([...plain].sort())
    }),
  )
})
