import { describe, expect, test } from 'vitest'
import { ExceptionBook } from '../inbox/exception-book.ts'
import { fact, fold, HEARD_AT } from '../ledger/core/given.ts'
import type { Ledger } from '../ledger/core/ledger.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { openDatabase } from '../store/database.ts'
import { OneSidedWatch } from './one-sided-watch.ts'

const DAY_MS = 86_400_000
const LATER = HEARD_AT + DAY_MS

const node = fact({ type: 'node.upserted', sku: 'ber1', data: { sells: true } })
const pick = fact({
  type: 'stock.picked',
  sku: 'X',
  data: { node: 'ber1', quantity: 2, orderRef: 'web:1', line: '1' },
})
const order = (sku = 'X') =>
  fact({
    type: 'order.accepted',
    data: { orderRef: 'web:1', channel: 'web', lines: [{ line: '1', sku, quantity: 2 }] },
  })
const transfer = (end: 'shipped' | 'received', quantity: number, more = {}) =>
  fact({
    type: `transfer.${end}`,
    sku: 'X',
    data: { transfer: 'T1', from: 'muc1', to: 'ber1', quantity, ...more },
  })

function given(...facts: Fact[]) {
  const { ledger } = fold([node, ...facts])
  const exceptions = new ExceptionBook(openDatabase(':memory:'))
  return { ledger, exceptions, watch: new OneSidedWatch(ledger.books, exceptions) }
}

const and = (ledger: Ledger, ...facts: Fact[]): void => void fold(facts, ledger)
const codes = (exceptions: ExceptionBook, status = 'open'): string[] =>
  exceptions.list({ status, limit: 10 }).page.map(({ code }) => code)

describe('a story of which one side is known', () => {
  test('becomes an exception when its time is over, once', () => {
    const { watch, exceptions } = given(pick)
    watch.look(LATER - 1)
    expect(codes(exceptions)).toEqual([])
    watch.look(LATER)
    watch.look(LATER + 1)
    expect(exceptions.list({ limit: 10 }).page).toMatchObject([
      { class: 'unmatched', code: 'work-without-order', attempts: 1, correlationId: 'web:1' },
    ])
  })

  test('is settled by itself when the other side comes', () => {
    const { ledger, watch, exceptions } = given(pick)
    watch.look(LATER)
    and(ledger, order())
    watch.look(LATER + 1)
    expect([codes(exceptions), codes(exceptions, 'replayed')]).toEqual([[], ['work-without-order']])
  })

  test('is settled by a replay only when the other side has come', () => {
    const { ledger, watch, exceptions } = given(pick)
    watch.look(LATER)
    const { id } = exceptions.list({ limit: 1 }).page[0]!
    expect(watch.again(id)).toMatchObject([{ class: 'unmatched' }])
    and(ledger, order())
    expect(watch.again(id)).toEqual([])
    expect(watch.again('unmatched-nothing')).toBeNull()
  })

  test('stays discarded when someone said so', () => {
    const { watch, exceptions } = given(pick)
    watch.look(LATER)
    exceptions.settle(exceptions.list({ limit: 1 }).page[0]!.id, 'discarded')
    watch.look(LATER + 1)
    expect(codes(exceptions)).toEqual([])
  })

  test('waits as long as the policy of its node says', () => {
    const patient = fact({
      type: 'policy.activated',
      data: { kind: 'matching', scope: 'node:ber1', body: { afterMs: 60_000, author: 'a', reason: 'r' } },
    })
    const { watch, exceptions } = given(pick, patient)
    watch.look(HEARD_AT + 60_000)
    expect(codes(exceptions)).toEqual(['work-without-order'])
  })

  test('work on a component under the line of its kit is not one', () => {
    const kit = fact({
      type: 'item.upserted',
      sku: 'KIT',
      data: { baseUom: 'EA', decimals: 0, kit: [{ sku: 'X', quantity: 1 }] },
    })
    const { watch, exceptions } = given(kit, pick, order('KIT'))
    watch.look(LATER)
    expect(codes(exceptions)).toEqual([])
  })

  test('an order that was cancelled and never accepted is one, until it is', () => {
    const cancel = fact({ type: 'order.cancelled', data: { orderRef: 'web:1' } })
    const { ledger, watch, exceptions } = given(cancel)
    watch.look(LATER)
    expect(codes(exceptions)).toEqual(['cancel-without-order'])
    and(ledger, order())
    watch.look(LATER)
    expect(codes(exceptions)).toEqual([])
  })

  test('a transfer that arrived and never left is one; one that left has until the day it is due, and a day', () => {
    const { watch, exceptions } = given(transfer('received', 5))
    watch.look(LATER)
    expect(codes(exceptions)).toEqual(['receipt-without-shipment'])

    const due = new Date(HEARD_AT + 3 * DAY_MS).toISOString()
    const other = given(transfer('shipped', 5, { expectedAt: due }), transfer('received', 3))
    other.watch.look(HEARD_AT + 4 * DAY_MS - 1)
    expect(codes(other.exceptions)).toEqual([])
    other.watch.look(HEARD_AT + 4 * DAY_MS)
    expect(other.exceptions.list({ limit: 1 }).page[0]).toMatchObject({
      code: 'shipment-without-receipt',
      detail: '2 of X left for ber1 by transfer T1 and have not arrived',
    })
    and(other.ledger, transfer('received', 2))
    other.watch.look(HEARD_AT + 4 * DAY_MS)
    expect(codes(other.exceptions)).toEqual([])
  })
})
