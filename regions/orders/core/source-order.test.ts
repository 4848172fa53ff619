import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SkuFigures } from '../../ledger/core/figures.ts'
import { type LineToSource, type Place, SOURCING_DEFAULT, sourceOrder } from './source-order.ts'

/** A sku with so many units to sell at each node. */
const figures = (sku: string, at: Record<string, number>, kit: SkuFigures['kit'] = []): SkuFigures =>
  ({
    sku,
    nodes: Object.entries(at).map(([node, availableToSell]) => ({
      node,
      availableToSell,
      sells: true,
      isExcluded: false,
    })),
    kit,
  }) as unknown as SkuFigures
const line = (id: string, quantity: number, of: SkuFigures): LineToSource => ({
  line: id,
  sku: of.sku,
  quantity,
  figures: of,
})
const PLACES: readonly Place[] = [
  { node: 'ber1', zone: 'north' },
  { node: 'muc1', zone: 'south' },
  { node: 'vie1', zone: 'austria' },
]
const told = (sourced: ReturnType<typeof sourceOrder>): Record<string, string> =>
  Object.fromEntries(
    sourced.map((it) => [it.line, it.nodes.map(({ node, quantity }) => `${quantity} ${node}`).join(' ')]),
  )

describe('an order is assigned to nodes', () => {
  const X = figures('X', { ber1: 10, muc1: 4, vie1: 2 })
  const Y = figures('Y', { ber1: 0, muc1: 4, vie1: 9 })

  test('from one node where one can send all of it', () => {
    expect(told(sourceOrder([line('1', 3, X), line('2', 3, Y)], PLACES, SOURCING_DEFAULT))).toEqual({
      '1': '3 muc1',
      '2': '3 muc1',
    })
  })

  test('from as few as can, each line whole', () => {
    expect(told(sourceOrder([line('1', 8, X), line('2', 6, Y)], PLACES, SOURCING_DEFAULT))).toEqual({
      '1': '8 ber1',
      '2': '6 vie1',
    })
  })

  test('a line that no node can send whole is split, and what nobody has is left over', () => {
    expect(told(sourceOrder([line('1', 15, X)], PLACES, SOURCING_DEFAULT))).toEqual({
      '1': '10 ber1 4 muc1 1 vie1',
    })
    expect(told(sourceOrder([line('1', 99, X)], PLACES, SOURCING_DEFAULT))).toEqual({
      '1': '10 ber1 4 muc1 2 vie1',
    })
  })

  test('by priority, by nearness to where it goes, or from where there is most', () => {
    const of = (rule: Parameters<typeof sourceOrder>[2], toZone?: string) =>
      told(sourceOrder([line('1', 2, X)], PLACES, rule, toZone))['1']
    expect(of({ by: ['priority'], priority: ['vie1' as never, 'muc1' as never] })).toBe('2 vie1')
    expect(of({ by: ['nearest', 'mostStock'], nearest: { munich: ['south', 'austria'] } }, 'munich')).toBe(
      '2 muc1',
    )
    expect(of({ by: ['mostStock'] })).toBe('2 ber1')
  })

  test('two lines of one sku take from the same stock', () => {
    expect(told(sourceOrder([line('1', 7, X), line('2', 4, X)], PLACES, SOURCING_DEFAULT))).toEqual({
      '1': '7 ber1',
      '2': '4 muc1',
    })
  })

  test('a kit comes from where it stands, or where its components are together', () => {
    const kit = figures('KIT', { vie1: 2 }, [
      { quantity: 2, figures: X },
      { quantity: 1, figures: Y },
    ])
    expect(told(sourceOrder([line('1', 3, kit)], PLACES, SOURCING_DEFAULT))).toEqual({ '1': '3 vie1' })
    expect(told(sourceOrder([line('1', 5, kit)], PLACES, SOURCING_DEFAULT))).toEqual({ '1': '3 vie1 2 muc1' })
  })
})

test('whatever is asked: no node gives more than it has, no line gets more than it wants, and nothing is left that a node has', () => {
  const nodes = ['ber1', 'muc1', 'vie1']
  const stock = fc.record(
    Object.fromEntries(nodes.map((node) => [node, fc.nat(12)])) as Record<string, fc.Arbitrary<number>>,
  )
  const by = fc.uniqueArray(
    fc.constantFrom('fewestSplits' as const, 'mostStock' as const, 'priority' as const),
    { minLength: 1 },
  )
  fc.assert(
    fc.property(
      fc.tuple(stock, stock),
      fc.array(fc.tuple(fc.nat(1), fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 4 }),
      by,
      (stocks, wants, aims) => {
        const skus = [figures('X', stocks[0]), figures('Y', stocks[1])]
        const lines = wants.map(([sku, quantity], i) => line(String(i), quantity, skus[sku]!))
        const sourced = sourceOrder(lines, PLACES, { by: aims, priority: ['muc1' as never] })
        const given = new Map<string, number>()
        sourced.forEach(({ sku, nodes: from }, i) => {
          const sum = from.reduce((all, { quantity }) => all + quantity, 0)
          expect(sum).toBeLessThanOrEqual(lines[i]!.quantity)
          expect(new Set(from.map(({ node }) => node)).size).toBe(from.length)
          for (const { node, quantity } of from)
            given.set(`${sku}/${node}`, (given.get(`${sku}/${node}`) ?? 0) + quantity)
        })
        for (const [s, it] of stocks.entries())
          for (const node of nodes) {
            const gone = given.get(`${'XY'[s]}/${node}`) ?? 0
            expect(gone).toBeLessThanOrEqual(it[node]!)
            const isShort = sourced.some(
              ({ sku, nodes: from }, i) =>
                sku === 'XY'[s] && from.reduce((all, { quantity }) => all + quantity, 0) < lines[i]!.quantity,
            )
            if (isShort) expect(gone).toBe(it[node])
          }
      },
    ),
    { numRuns: 500 },
  )
})
