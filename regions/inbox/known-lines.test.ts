import { describe, expect, test } from 'vitest'
import type { CanonicalEvent } from '../../shared/contract/events.ts'
import { newEffects } from '../ledger/core/effects.ts'
import { fact, HEARD_AT, picture } from '../ledger/core/given.ts'
import { Ledger } from '../ledger/core/ledger.ts'
import { withKnownLines } from './known-lines.ts'

/** What several systems tell of one order, one after the other, through the border. */
function told() {
  const ledger = new Ledger()
  const tell = (event: CanonicalEvent): string => {
    const known = withKnownLines(event, ledger.books)
    return ledger.apply(known as never, newEffects(), HEARD_AT)
  }
  let at = 0
  const order = (
    source: string,
    lines: [line: string, sku: string, quantity: number][],
    type = 'accepted',
    more: object = {},
  ) =>
    tell(
      fact({
        type: `order.${type}`,
        source,
        id: `${source}/${type}/${JSON.stringify(lines)}`,
        at: (at += 1000),
        data: {
          orderRef: 'web:1',
          channel: 'web',
          ...(lines.length === 0
            ? {}
            : { lines: lines.map(([line, sku, quantity]) => ({ line, sku, quantity })) }),
          ...more,
        },
      }) as CanonicalEvent,
    )
  const work = (type: 'picked' | 'shipped', sku: string, quantity: number, line?: string) =>
    tell(
      fact({
        type: `stock.${type}`,
        source: 'wms',
        id: `${type}/${sku}/${line}`,
        at,
        sku,
        data: { node: 'n', quantity, orderRef: 'web:1', ...(line === undefined ? {} : { line }) },
      }) as CanonicalEvent,
    )
  const open = (): Record<string, number> => {
    const sums: Record<string, number> = {}
    for (const [key, { open: units = 0 }] of Object.entries(picture(ledger))) {
      const [kind, sku = ''] = key.split(' ')
      if (kind === 'demand') sums[sku] = (sums[sku] ?? 0) + units
    }
    return sums
  }
  return { order, work, open, ledger }
}

describe('one order, told by systems that number its lines each in its own way', () => {
  test('is one demand, whatever it is told again', () => {
    const { order, open } = told()
    order('shop', [
      ['466', 'CUP', 3],
      ['467', 'MUG', 2],
    ])
    order('edi', [
      ['1', 'MUG', 2],
      ['2', 'CUP', 3],
    ])
    expect(open()).toEqual({ CUP: 3, MUG: 2 })
    // Both change their minds, in turn.
    order('edi', [
      ['1', 'MUG', 1],
      ['2', 'CUP', 3],
    ])
    expect(open()).toEqual({ CUP: 3, MUG: 1 })
    order('shop', [['467', 'MUG', 4]])
    expect(open()).toEqual({ CUP: 3, MUG: 4 })
    order('edi', [['2', 'CUP', 1]], 'cancelled')
    expect(open()).toEqual({ CUP: 2, MUG: 4 })
  })

  test('has two lines of one item where both say so', () => {
    const { order, open } = told()
    order('shop', [
      ['466', 'CUP', 3],
      ['467', 'CUP', 5],
    ])
    order('edi', [
      ['1', 'CUP', 5],
      ['2', 'CUP', 3],
      ['3', 'CUP', 1],
    ])
    expect(open(), 'and one that only one of them knows').toEqual({ CUP: 9 })
  })

  test('grows by a line that its own source adds, of the same item too', () => {
    const { order, open } = told()
    order('shop', [['466', 'CUP', 3]])
    order('edi', [['1', 'CUP', 3]])
    order('shop', [['468', 'CUP', 1]], 'changed')
    expect(open()).toEqual({ CUP: 4 })
  })

  test('told again is a repetition, though the other came in between', () => {
    const { order, ledger } = told()
    const lines: [string, string, number][] = [['1', 'CUP', 3]]
    const again = () =>
      withKnownLines(
        fact({
          type: 'order.accepted',
          source: 'edi',
          id: 'e',
          at: 5,
          data: { orderRef: 'web:1', channel: 'web', lines: [{ line: '1', sku: 'CUP', quantity: 3 }] },
        }) as CanonicalEvent,
        ledger.books,
      )
    expect(order('shop', [['466', 'CUP', 3]])).toBe('accepted')
    expect(ledger.apply(again() as never, newEffects(), HEARD_AT)).toBe('accepted')
    expect(ledger.apply(again() as never, newEffects(), HEARD_AT)).toBe('duplicate')
    expect(order('edi', lines)).toBe('accepted')
  })

  test('is closed by a warehouse that has numbers of its own, or none', () => {
    const { order, work, open } = told()
    order('shop', [
      ['466', 'CUP', 3],
      ['467', 'MUG', 2],
    ])
    work('picked', 'CUP', 3, '7')
    work('shipped', 'CUP', 3, '7')
    expect(work('shipped', 'MUG', 2)).toBe('accepted')
    expect(open()).toEqual({})
    expect([...told().ledger.books.demand.orphans()]).toEqual([])
  })

  test('that a warehouse tells of first is the same line', () => {
    const { order, work, open } = told()
    work('picked', 'CUP', 3, '7')
    order('shop', [['466', 'CUP', 3]])
    work('shipped', 'CUP', 3, '7')
    expect(open()).toEqual({})
  })

  test('leaves a kit’s parts under the kit’s own line', () => {
    const { order, work, ledger } = told()
    order('shop', [['466', 'KIT', 1]])
    work('picked', 'PART', 2, '466')
    expect(ledger.books.demand.linesOf('web:1').map(({ line }) => line)).toEqual(['466', '466'])
  })
})

describe('an order told whole', () => {
  const both: [string, string, number][] = [
    ['1', 'CUP', 3],
    ['2', 'MUG', 2],
  ]
  const whole = { isWhole: true }

  test('wants no more of what it does not name, until that is named again', () => {
    const { order, open } = told()
    order('edi', both)
    order('edi', [['1', 'CUP', 2]], 'changed', whole)
    expect(open()).toEqual({ CUP: 2 })
    order('edi', [['2', 'MUG', 1]], 'changed')
    expect(open()).toEqual({ CUP: 2, MUG: 1 })
  })

  test('takes along what it calls otherwise than others, and leaves what only others told of', () => {
    const { order, open } = told()
    order('shop', [
      ['466', 'CUP', 3],
      ['467', 'MUG', 2],
    ])
    order('edi', both)
    order('erp', [['9', 'JAR', 4]], 'changed')
    order('edi', [['2', 'MUG', 1]], 'changed', whole)
    expect(open()).toEqual({ MUG: 1, JAR: 4 })
  })

  test('told again is a repetition, though lines of others came in between', () => {
    const { order } = told()
    order('edi', both)
    expect(order('edi', [['1', 'CUP', 3]], 'changed', whole)).toBe('accepted')
    order('shop', [['9', 'JAR', 1]], 'changed')
    expect(order('edi', [['1', 'CUP', 3]], 'changed', whole)).toBe('duplicate')
  })
})

describe('an order called off that may be opened again', () => {
  const off = { mayReopen: true }

  test('wants nothing, and is demand again when its source says so', () => {
    const { order, open } = told()
    order('shop', [['1', 'CUP', 3]])
    expect(order('shop', [], 'cancelled', off)).toBe('accepted')
    expect(open()).toEqual({})
    order('shop', [['1', 'CUP', 3]], 'changed')
    expect(open()).toEqual({ CUP: 3 })
  })

  test('wants nothing of what others told of either', () => {
    const { order, open } = told()
    order('shop', [['1', 'CUP', 3]])
    order('erp', [['9', 'JAR', 4]], 'changed')
    order('shop', [['1', 'CUP', 0]], 'changed', { isWhole: true, ...off })
    expect(open()).toEqual({})
  })

  test('is called off for good where nothing of it was known: its order may come late', () => {
    const { order, open } = told()
    expect(order('shop', [], 'cancelled', off)).toBe('accepted')
    order('shop', [['1', 'CUP', 3]])
    expect(open()).toEqual({})
    expect(order('shop', [], 'cancelled', off), 'the same word').toBe('duplicate')
  })
})
