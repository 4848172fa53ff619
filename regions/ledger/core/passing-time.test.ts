import { describe, expect, test } from 'vitest'
import { formatInstant, type Instant } from '../../../shared/kernel/clock.ts'
import { figureOf } from '../../../shared/snapshot/figure.ts'
import { newEffects } from './effects.ts'
import { figuresOf } from './figures.ts'
import { fact, fold, HEARD_AT } from './given.ts'
import type { Ledger } from './ledger.ts'
import { snapshotRowOf } from './snapshot-row.ts'

const SECOND = 1_000
const FROM = HEARD_AT + 10 * SECOND
const UNTIL = HEARD_AT + 20 * SECOND

const keepBack = (quantity: number, more: Record<string, unknown> = {}, scope = 'sku:X') =>
  fact({
    type: 'policy.activated',
    sku: `safetyStock/${scope}`,
    data: { kind: 'safetyStock', scope, body: { quantity, author: 'ops', reason: 'promotion', ...more } },
  })

function given(...policies: ReturnType<typeof fact>[]): Ledger {
  return fold([
    fact({ type: 'node.upserted', data: { sells: true }, sku: 'ber1' }),
    fact({ type: 'item.upserted', sku: 'X', data: { baseUom: 'EA', decimals: 0 } }),
    fact({ type: 'stock.received', sku: 'X', data: { node: 'ber1', quantity: 10 } }),
    ...policies,
  ]).ledger
}

/** What a channel may sell at a moment, and which skus have to be told again when it comes. */
function at({ books, time }: Ledger, now: Instant, channel?: string): { figure: number; scopes: string[] } {
  const effects = newEffects()
  time.pass(now, effects)
  const row = snapshotRowOf(figuresOf(books, books.skus.find('X'), now))
  return { figure: figureOf(row, { allocation: {} }, { channel }), scopes: [...effects.scopes] }
}

describe('a safety stock for a time', () => {
  test('is kept back from its first moment until its last, and its skus are told again at both', () => {
    const ledger = given(keepBack(4, { from: formatInstant(FROM), until: formatInstant(UNTIL) }))
    at(ledger, HEARD_AT)
    expect(at(ledger, FROM - 1)).toEqual({ figure: 10, scopes: [] })
    expect(at(ledger, FROM)).toEqual({ figure: 6, scopes: ['sku:X'] })
    expect(at(ledger, UNTIL - 1)).toEqual({ figure: 6, scopes: [] })
    expect(at(ledger, UNTIL)).toEqual({ figure: 10, scopes: ['sku:X'] })
  })

  test('turns back when the clock is set back', () => {
    const ledger = given(keepBack(4, { from: formatInstant(FROM) }))
    at(ledger, FROM + SECOND)
    expect(at(ledger, FROM - SECOND)).toEqual({ figure: 10, scopes: ['sku:X'] })
  })
})

describe('a safety stock of a channel', () => {
  test('is kept back from that channel alone, at every node and at each', () => {
    const ledger = given(keepBack(1, {}, '*'), keepBack(7, {}, 'channel:web'))
    expect(at(ledger, HEARD_AT).figure).toBe(9)
    expect(at(ledger, HEARD_AT, 'web').figure).toBe(3)
    expect(at(ledger, HEARD_AT, 'edi').figure).toBe(9)
    const row = snapshotRowOf(figuresOf(ledger.books, ledger.books.skus.find('X'), HEARD_AT))
    const from = (channel: string) => figureOf(row, { allocation: {} }, { channel, node: 'ber1' })
    expect([from('web'), from('edi')]).toEqual([3, 9])
  })

  test('gives way to a more specific one without a channel', () => {
    const ledger = given(keepBack(7, {}, 'channel:web'), keepBack(2, {}, 'sku:X'))
    expect(at(ledger, HEARD_AT, 'web').figure).toBe(8)
  })

  test('lets it sell a kit that stands assembled, and asks nothing of the components', () => {
    const ledger = fold(
      [
        fact({
          type: 'item.upserted',
          sku: 'KIT',
          data: { baseUom: 'EA', kit: [{ sku: 'X', quantity: 2 }] },
        }),
        fact({ type: 'stock.received', sku: 'KIT', data: { node: 'ber1', quantity: 1 } }),
        fact({
          type: 'order.accepted',
          data: { orderRef: 'web:1', channel: 'web', lines: [{ line: '1', sku: 'KIT', quantity: 1 }] },
        }),
      ],
      given(keepBack(1, {}, '*'), keepBack(0, {}, 'channel:web')),
    ).ledger
    expect(figuresOf(ledger.books, ledger.books.skus.find('X'), HEARD_AT).reserved).toBe(0)
  })

  test('and its kit stays whole when another channel buys the one beside it', () => {
    const order = (channel: string) =>
      fact({
        type: 'order.accepted',
        data: { orderRef: `${channel}:1`, channel, lines: [{ line: '1', sku: 'KIT', quantity: 1 }] },
      })
    const ledger = fold(
      [
        fact({
          type: 'item.upserted',
          sku: 'KIT',
          data: { baseUom: 'EA', kit: [{ sku: 'X', quantity: 2 }] },
        }),
        fact({ type: 'stock.received', sku: 'KIT', data: { node: 'ber1', quantity: 2 } }),
        order('web'),
        order('shop'),
      ],
      given(keepBack(1, {}, 'channel:web')),
    ).ledger
    expect(figuresOf(ledger.books, ledger.books.skus.find('X'), HEARD_AT).reserved).toBe(0)
  })
})
