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
