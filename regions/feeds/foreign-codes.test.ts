import { describe, expect, test } from 'vitest'
import { Mapping } from '../../shared/domain/master-data.ts'
import { foreignCodesOf } from './foreign-codes.ts'
import { changedScopes, renamedSkus } from './what-changed.ts'

const codes = (skus: Record<string, string>, nodes: Record<string, string> = {}) =>
  foreignCodesOf(Mapping.parse({ skus, nodes }))

describe('a code map read backwards', () => {
  test('tells every code of a sku, as an item may be listed twice, and one of a node, as stock is there once', () => {
    const read = codes({ 'B-2': 'X', 'A-1': 'X', 'C-3': 'Y' }, { F2: 'ber1', F1: 'ber1' })
    expect([...read.skus]).toEqual([
      ['X', ['A-1', 'B-2']],
      ['Y', ['C-3']],
    ])
    expect([...read.nodes]).toEqual([['ber1', 'F1']])
  })

  test('is made once for a map', () => {
    const mapping = Mapping.parse({ skus: { a: 'X' } })
    expect(foreignCodesOf(mapping)).toBe(foreignCodesOf(mapping))
    expect(foreignCodesOf(undefined).skus.size).toBe(0)
  })
})

describe('what no fact says', () => {
  test('is which skus have another name: those are told anew, and all of them where a place has', () => {
    const before = codes({ a: 'X', b: 'Y' }, { F: 'ber1' })
    expect(renamedSkus(before, before, ['X'])).toEqual(new Set())
    expect(renamedSkus(before, codes({ a: 'X', c: 'Y', d: 'Z' }, { F: 'ber1' }), ['X'])).toEqual(
      new Set(['Y', 'Z']),
    )
    expect(renamedSkus(before, codes({ a: 'X' }, { F: 'ber1' }), ['X'])).toEqual(new Set(['Y']))
    expect(renamedSkus(before, codes({ a: 'X', b: 'Y' }, { G: 'ber1' }), ['X', 'Q'])).toEqual(
      new Set(['X', 'Q']),
    )
  })

  test('is which skus an allocation rule reaches: its scope says so', () => {
    const rules = [{ class: 'shop', cap: 3 }]
    expect(changedScopes({ '*': rules }, { '*': rules })).toEqual(new Set())
    expect(changedScopes({ '*': rules, 'sku:X': rules }, { '*': [], 'sku:Y': rules })).toEqual(
      new Set(['*', 'sku:Y', 'sku:X']),
    )
  })
})
