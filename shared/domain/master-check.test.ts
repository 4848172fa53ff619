import { describe, expect, test } from 'vitest'
import {
  itemFaults,
  itemWarnings,
  mappingFaults,
  mappingWarnings,
  nodeWarnings,
  sourceWarnings,
  tidyItem,
} from './master-check.ts'
import { Item, Mapping } from './master-data.ts'
import { toBaseUnits } from './uom.ts'

const item = (more: object = {}): Item => Item.parse(more)
const ALL = { item: () => true, node: () => true, source: () => true }
const kitOf = (...skus: string[]): Item => item({ kit: skus.map((sku) => ({ sku, quantity: 1 })) })
function faults(sku: string, given: Item, known: Record<string, Item> = {}): [string, string][] {
  const kitsWith = (of: string): string[] =>
    Object.entries(known).flatMap(([kit, it]) => (it.kit?.some((part) => part.sku === of) ? [kit] : []))
  return itemFaults(sku, given, { item: (of) => known[of], kitsWith }).map(({ code, path }) => [code, path])
}

describe('an item is refused by name', () => {
  test.each([
    ['a kit of itself', 'A', kitOf('A'), {}, [['kit-contains-itself', 'kit.0.sku']]],
    [
      'a kit of a kit of itself',
      'A',
      kitOf('X', 'B'),
      { B: kitOf('A') },
      [['kit-contains-itself', 'kit.1.sku']],
    ],
    ['a kit of kits of kits', 'A', kitOf('B'), { B: kitOf('C'), C: kitOf('X') }, [['kit-too-deep', 'kit']]],
    [
      'a kit that goes into a kit of kits',
      'C',
      kitOf('X'),
      { A: kitOf('B'), B: kitOf('C') },
      [['kit-too-deep', 'kit']],
    ],
    ['a component named twice', 'A', kitOf('X', 'X'), {}, [['kit-component-twice', 'kit.1.sku']]],
    [
      'its own substitute',
      'A',
      item({ substitutes: ['B', 'A'] }),
      {},
      [['substitute-itself', 'substitutes.1']],
    ],
    [
      'a base unit of twelve base units',
      'A',
      item({ uoms: { EA: 12 } }),
      {},
      [['unit-contradictory', 'uoms.EA']],
    ],
  ])('%s', (_, sku, given, known, expected) => {
    expect(faults(sku, given, known as unknown as Record<string, Item>)).toEqual(expected)
  })

  test('a kit of kits is none of these, nor a ring that is there already elsewhere', () => {
    expect(faults('A', kitOf('B', 'X'), { B: kitOf('X') })).toEqual([])
    expect(faults('A', kitOf('X'), { B: kitOf('C'), C: kitOf('B') })).toEqual([])
  })
})

test('a code map that leads back to itself is refused, once a ring', () => {
  const mapping = Mapping.parse({
    skus: { A: 'B', B: 'C', C: 'A', D: 'D', E: 'A' },
    uoms: { CS: 'CASE', CASE: 'CS' },
  })
  expect(mappingFaults(mapping).map(({ code, path }) => [code, path])).toEqual([
    ['mapping-circular', 'skus.A'],
    ['mapping-circular', 'uoms.CASE'],
  ])
  expect(mappingFaults(Mapping.parse({ skus: { A: 'B', C: 'B' } }))).toEqual([])
})

test('a wrong check digit is told, and taken as it is; a right GTIN is kept as 14 digits', () => {
  expect(itemWarnings(item({ gtin: '4012345123456' }), ALL)).toEqual([])
  expect(itemWarnings(item({ gtin: '4012345123457' }), ALL)).toMatchObject([
    { code: 'check-digit', path: 'gtin' },
  ])
  expect(itemWarnings(item({ gtin: '12' }), ALL)).toMatchObject([{ code: 'not-a-gtin' }])
  expect(nodeWarnings({ gln: '4012345000009', sells: true }, ALL)).toEqual([])
  expect(nodeWarnings({ gln: '4012345000008', sells: true }, ALL)).toMatchObject([
    { code: 'check-digit', path: 'gln' },
  ])
  expect(tidyItem(item({ gtin: '4012345123456' })).gtin).toBe('04012345123456')
})

describe('a quantity in a unit', () => {
  const units = { baseUom: 'g', uoms: { LB: { numerator: 45_359_237, denominator: 100_000 }, CASE: 12 } }
  test.each([
    [2, 'CASE', 24],
    [100_000, 'LB', 45_359_237],
    [-100_000, 'LB', -45_359_237],
    [7, undefined, 7],
    [7, 'GRM', 7],
    [100_000, 'LBR', 45_359_237],
  ])('%d %s is %d', (quantity, uom, base) => {
    expect(toBaseUnits(quantity, uom, units)).toEqual({ ok: true, value: base })
  })
  test.each([
    [1, 'LB', 'not-exact'],
    [2.5, 'CASE', 'not-exact'],
    [1, 'BARREL', 'unknown-unit'],
    [2 ** 53, undefined, 'out-of-range'],
    [1e308, 'CASE', 'out-of-range'],
    [Number.NaN, 'CASE', 'out-of-range'],
  ])('%d %s is refused, never rounded: %s', (quantity, uom, code) => {
    expect(toBaseUnits(quantity, uom, units)).toMatchObject({ ok: false, error: { code } })
  })
})

test('what is spoken of and not known yet is told, and taken: master data comes in any order', () => {
  const NONE = { item: () => undefined, node: () => undefined, source: () => undefined }
  const told = [
    ...itemWarnings({ ...kitOf('X'), substitutes: ['Y' as never] }, NONE),
    ...nodeWarnings({ source: 'wms' as never, sells: true }, NONE),
    ...sourceWarnings({ role: 'wms', nodes: ['n1' as never], defaultNode: 'n2' as never }, NONE),
    ...mappingWarnings(Mapping.parse({ skus: { A: 'X' }, nodes: { B: 'n1' }, uoms: { CS: 'CASE' } }), NONE),
  ]
  expect(told.map(({ code, path }) => [code, path])).toEqual([
    ['unknown-item', 'kit.0.sku'],
    ['unknown-item', 'substitutes.0'],
    ['unknown-source', 'source'],
    ['unknown-node', 'nodes.0'],
    ['unknown-node', 'defaultNode'],
    ['unknown-item', 'skus.A'],
    ['unknown-node', 'nodes.B'],
  ])
})

test('what is counted in one unit can not be counted in another from now on', () => {
  const known = (is: boolean) => ({
    item: () => undefined,
    kitsWith: () => [],
    countedIn: () => (is ? { baseUom: 'EA', decimals: 0 } : undefined),
  })
  const grams = item({ baseUom: 'KG', decimals: 3 })
  expect(itemFaults('A', grams, known(true)).map(({ code, path }) => [code, path])).toEqual([
    ['unit-in-use', 'baseUom'],
    ['unit-in-use', 'decimals'],
  ])
  expect(itemFaults('A', grams, known(false))).toEqual([])
  expect(itemFaults('A', item({ uoms: { CASE: 6 } }), known(true))).toEqual([])
})
