import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../shared/contract/events.ts'
import { formatInstant } from '../../../shared/kernel/clock.ts'
import { fact, fold, picture } from './given.ts'

const MINUTE = 60_000
const at = (minute: number): number => 1_700_000_000_000 + minute * MINUTE
const iso = (minute: number): string => formatInstant(at(minute))

const received = (quantity: number, minute = 0, more = {}): Fact =>
  fact({ type: 'stock.received', sku: 'X', at: at(minute), data: { node: 'ber1', quantity }, ...more })
const shipped = (quantity: number, minute: number, more = {}): Fact =>
  fact({ type: 'stock.shipped', sku: 'X', at: at(minute), data: { node: 'ber1', quantity }, ...more })
const counted = (onHand: number, minute: number, more = {}): Fact =>
  fact({
    type: 'stock.counted',
    sku: 'X',
    at: at(minute),
    data: { node: 'ber1', states: { onHand }, asOf: iso(minute) },
    ...more,
  })
const onHand = (facts: Fact[]): number => picture(fold(facts).ledger)['X/ber1/']!['onHand']!

describe('a count', () => {
  test('taken before two shipments and arriving after them does not give their units back', () => {
    expect(onHand([received(10), shipped(2, 5), shipped(1, 6), counted(10, 1)])).toBe(7)
  })
  test('swallows what happened before it, and nothing after it', () => {
    expect(onHand([received(10), shipped(2, 5), counted(9, 6), shipped(3, 7)])).toBe(6)
  })
  test('does not swallow a delta of its own minute: strictly after, by time', () => {
    expect(onHand([received(10), counted(10, 5), shipped(2, 5)])).toBe(10)
  })
  test('goes by the source’s own sequence where both carry one, whatever the clocks say', () => {
    const late = shipped(2, 0, { sequence: 8 })
    expect(onHand([received(10, 0, { sequence: 1 }), counted(10, 5, { sequence: 7 }), late])).toBe(8)
  })
  test('older than the one the position stands on is only an observation', () => {
    expect(onHand([counted(5, 10), counted(50, 3)])).toBe(5)
  })
  test('by an observer is compared and never applied', () => {
    expect(onHand([received(10), counted(99, 5, { source: 'erp', standing: 'observer' })])).toBe(10)
  })
  test('that names no damaged stock leaves damaged as it is', () => {
    const moved = fact({
      type: 'stock.moved',
      sku: 'X',
      at: at(1),
      data: { node: 'ber1', quantity: 2, from: 'sellable', to: 'damaged' },
    })
    expect(picture(fold([received(10), moved, counted(9, 5)]).ledger)['X/ber1/']).toMatchObject({
      onHand: 9,
      damaged: 2,
    })
  })
})

describe('a repeated fact', () => {
  test('with the same source and id changes nothing', () => {
    const it = received(10)
    const { ledger, statuses } = fold([it, it, { ...it }])
    expect(statuses).toEqual(['accepted', 'duplicate', 'duplicate'])
    expect(picture(ledger)['X/ber1/']!['onHand']).toBe(10)
  })
  test('with another id and the same business key changes nothing', () => {
    const [a, b] = [
      shipped(2, 1, { businesskey: 'shipment/1' }),
      shipped(2, 3, { businesskey: 'shipment/1' }),
    ]
    expect(fold([a, b]).statuses).toEqual(['accepted', 'duplicate'])
  })
  test('with the same id and another content is a conflict, and the first stands', () => {
    const [a, b] = [received(10, 0, { id: 'same' }), received(11, 0, { id: 'same' })]
    const { ledger, statuses } = fold([a, b])
    expect(statuses).toEqual(['accepted', 'conflict'])
    expect(picture(ledger)['X/ber1/']!['onHand']).toBe(10)
  })
})

describe('a line of demand', () => {
  const order = (quantity: number, minute = 0, type = 'order.accepted'): Fact =>
    fact({
      type,
      at: at(minute),
      data: { orderRef: 'web:1', channel: 'web', lines: [{ line: '1', sku: 'X', quantity, node: 'ber1' }] },
    })
  const picked = (quantity: number, minute: number): Fact =>
    fact({
      type: 'stock.picked',
      sku: 'X',
      at: at(minute),
      data: { node: 'ber1', quantity, orderRef: 'web:1', line: '1' },
    })
  const shippedFor = (quantity: number, minute: number): Fact =>
    fact({
      type: 'stock.shipped',
      sku: 'X',
      at: at(minute),
      data: { node: 'ber1', quantity, orderRef: 'web:1', line: '1' },
    })
  const open = (facts: Fact[]): { open: number; picked: number } => {
    const rows = Object.entries(picture(fold(facts).ledger)).filter(([key]) => key.startsWith('demand'))
    return rows.reduce((sum, [, r]) => ({ open: sum.open + r['open']!, picked: sum.picked + r['picked']! }), {
      open: 0,
      picked: 0,
    })
  }
  test('is open until it is shipped, and a pick moves it without growing it', () => {
    expect(open([order(5)])).toEqual({ open: 5, picked: 0 })
    expect(open([order(5), picked(3, 1)])).toEqual({ open: 5, picked: 3 })
    expect(open([order(5), picked(3, 1), shippedFor(3, 2)])).toEqual({ open: 2, picked: 0 })
  })
  test('that is shipped before its pick is heard of nets out when the pick comes', () => {
    expect(open([order(5), shippedFor(5, 2), picked(5, 1)])).toEqual({ open: 0, picked: 0 })
  })
  test('that is cancelled before it is heard of is never open', () => {
    const cancel = fact({ type: 'order.cancelled', at: at(1), data: { orderRef: 'web:1' } })
    expect(open([cancel, order(5)])).toEqual({ open: 0, picked: 0 })
  })
  test('follows the latest word of its order', () => {
    expect(open([order(2, 9, 'order.changed'), order(5)])).toEqual({ open: 2, picked: 0 })
  })
})

test('goods on a transfer are in transit until they arrive, whichever half is heard of first', () => {
  const leg = (half: 'shipped' | 'received'): Fact =>
    fact({
      type: `transfer.${half}`,
      sku: 'X',
      at: at(1),
      data: { transfer: 'T1', from: 'ber1', to: 'muc1', quantity: 4 },
    })
  expect(picture(fold([leg('shipped')]).ledger)['X/muc1/']).toMatchObject({ onHand: 0, inTransit: 4 })
  for (const halves of [
    [leg('shipped'), leg('received')],
    [leg('received'), leg('shipped')],
  ]) {
    expect(picture(fold(halves).ledger)).toMatchObject({
      'X/ber1/': { onHand: -4 },
      'X/muc1/': { onHand: 4, inTransit: 0 },
    })
  }
})

describe('the law of order and repetition', () => {
  const sku = fc.constantFrom('X', 'Y')
  const node = fc.constantFrom('ber1', 'muc1')
  const quantity = fc.integer({ min: 1, max: 50 })
  const disposition = fc.constantFrom('sellable', 'damaged', 'quarantined')
  const orderRef = fc.constantFrom('web:1', 'web:2', 'edi:1')
  const line = fc.constantFrom('1', '2')
  const states = fc.record({
    onHand: quantity,
    damaged: fc.option(quantity, { nil: undefined }),
    quarantined: fc.option(quantity, { nil: undefined }),
  })

  // A fact's content; its minute, id and sequence are dealt out below.
  const content = fc.oneof(
    fc.record({
      type: fc.constant('stock.received'),
      sku,
      data: fc.record({
        node,
        quantity,
        disposition,
        ref: fc.option(fc.constantFrom('T1', 'P1'), { nil: undefined }),
      }),
    }),
    fc.record({
      type: fc.constant('stock.picked'),
      sku,
      data: fc.record({ node, quantity, orderRef, line }),
    }),
    fc.record({
      type: fc.constant('stock.shipped'),
      sku,
      data: fc.record({
        node,
        quantity,
        orderRef: fc.option(orderRef, { nil: undefined }),
        line: fc.option(line, { nil: undefined }),
      }),
    }),
    fc.record({ type: fc.constant('stock.returned'), sku, data: fc.record({ node, quantity, disposition }) }),
    fc.record({
      type: fc.constant('stock.adjusted'),
      sku,
      data: fc.record({ node, quantity: fc.integer({ min: -20, max: 20 }).filter((n) => n !== 0) }),
    }),
    fc.record({
      type: fc.constant('stock.moved'),
      sku,
      data: fc.record({ node, quantity, from: disposition, to: disposition }),
    }),
    fc.record({
      type: fc.constant('stock.counted'),
      sku,
      data: fc.record({ node, states, backMinutes: fc.nat(30) }),
    }),
    fc.record({
      type: fc.constantFrom('transfer.shipped', 'transfer.received'),
      sku,
      data: fc.record({ transfer: fc.constantFrom('T1', 'T2'), from: node, to: node, quantity }),
    }),
    fc.record({
      type: fc.constant('receipt.expected'),
      sku,
      data: fc.record({
        ref: fc.constantFrom('P1', 'P2'),
        node,
        quantity,
        expectedAt: fc.constant(iso(500)),
      }),
    }),
    fc.record({
      type: fc.constantFrom('order.accepted', 'order.changed'),
      data: fc.record({
        orderRef,
        channel: fc.constant('web'),
        lines: fc.array(fc.record({ line, sku, quantity, node: fc.option(node, { nil: undefined }) }), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
    }),
    fc.record({
      type: fc.constant('order.cancelled'),
      data: fc.record({
        orderRef,
        lines: fc.option(
          fc.array(fc.record({ line, sku, quantity: fc.option(quantity, { nil: undefined }) }), {
            minLength: 1,
            maxLength: 2,
          }),
          { nil: undefined },
        ),
      }),
    }),
  )
  const facts = fc
    .array(
      fc.record({
        content,
        minute: fc.nat(60),
        source: fc.constantFrom('wms', 'erp'),
        isObserver: fc.integer({ min: 0, max: 9 }),
      }),
      { minLength: 2, maxLength: 25 },
    )
    .map((drawn) =>
      [...drawn]
        .sort((a, b) => a.minute - b.minute)
        .map(({ content, minute, source, isObserver }, index) => {
          const data: Record<string, unknown> = { ...content.data }
          // The source's sequence runs with what it speaks of: a count carries that of its moment.
          const speaksOf = 'backMinutes' in content.data ? minute - content.data.backMinutes : minute
          if (content.type === 'stock.counted') data['asOf'] = iso(speaksOf)
          return fact({
            type: content.type,
            id: `f${index}`,
            source,
            at: at(minute),
            ...('sku' in content ? { sku: content.sku } : {}),
            ...(source === 'wms'
              ? { sequence: 10_000 + speaksOf * 100 + (content.type === 'stock.counted' ? 99 : index) }
              : {}),
            ...(isObserver === 0 ? { standing: 'observer' as const } : {}),
            data,
          })
        }),
    )

  test('every permutation and duplication of a valid set of events gives the same positions', () => {
    const shuffled = facts.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc
          .tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all))
          .chain(([order, again]) =>
            fc.shuffledSubarray([...order, ...again], { minLength: order.length + again.length }),
          ),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([all, delivered]) => {
        expect(picture(fold(delivered).ledger)).toEqual(picture(fold(all).ledger))
      }),
      { numRuns: 1000 },
    )
  })
})
