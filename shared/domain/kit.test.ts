import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kitFigure, type KitPart } from './kit.ts'

const item = (sku: string, own: number): KitPart => ({ sku, own, parts: [] })
const kit = (sku: string, own: number, ...parts: KitPart['parts'][number][]): KitPart => ({ sku, own, parts })
const of = (part: KitPart, quantity = 1): KitPart['parts'][number] => ({ quantity, part })

test('a kit is what stands assembled, and as many as its scarcest component makes', () => {
  expect(kitFigure(kit('K', 1, of(item('X', 7), 2), of(item('Y', 5))))).toBe(4)
})

test('a component that a kit shares with a kit within it is not counted twice', () => {
  const x = item('X', 4)
  const inner = kit('K', 0, of(x, 2), of(item('Y', 2)))
  expect(kitFigure(kit('KK', 0, of(inner), of(x)))).toBe(1)
})

test('inner kits that stand assembled leave the shared component to the outer one', () => {
  const x = item('X', 4)
  const inner = kit('K', 3, of(x, 2), of(item('Y', 2)))
  expect(kitFigure(kit('KK', 0, of(inner), of(x)))).toBe(3)
})

test('a kit of kits is exactly as many as can be put together one after the other, no more and no fewer', () => {
  const few = fc.nat({ max: 12 })
  const some = fc.integer({ min: 1, max: 3 })
  const given = fc.record({
    x: few,
    y: few,
    inner: few,
    outer: few,
    xInner: some,
    yInner: some,
    xOuter: some,
  })
  fc.assert(
    fc.property(given, ({ x, y, inner, outer, xInner, yInner, xOuter }) => {
      const [itemX, itemY] = [item('X', x), item('Y', y)]
      const innerKit = kit('K', inner, of(itemX, xInner), of(itemY, yInner))
      const left = { x, y, inner }
      let made = 0
      for (;;) {
        if (left.inner > 0) left.inner--
        else [left.x, left.y] = [left.x - xInner, left.y - yInner]
        left.x -= xOuter
        if (left.x < 0 || left.y < 0) break
        made++
      }
      expect(kitFigure(kit('KK', outer, of(innerKit), of(itemX, xOuter)))).toBe(outer + made)
    }),
    { numRuns: 1000 },
  )
})
