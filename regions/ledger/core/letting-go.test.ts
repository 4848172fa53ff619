import { describe, expect, test } from 'vitest'
import { newEffects } from './effects.ts'
import { figuresOf } from './figures.ts'
import { fact, HEARD_AT } from './given.ts'
import { Ledger } from './ledger.ts'

const DAY = 86_400_000
const KEPT_FROM = HEARD_AT + 15 * DAY

function told(...facts: Parameters<typeof fact>[0][]): Ledger {
  const ledger = new Ledger()
  hear(ledger, ...facts)
  return ledger
}
function hear(ledger: Ledger, ...facts: Parameters<typeof fact>[0][]): void {
  for (const words of facts) ledger.apply(fact(words), newEffects(), HEARD_AT)
}
const letGo = ({ books }: Ledger, isUnderWay = false): number =>
  books.demand.letGo(KEPT_FROM, 100, () => isUnderWay)
const reserved = ({ books }: Ledger): number => figuresOf(books, books.skus.find('X'), KEPT_FROM).reserved

const lines = [{ line: '1', sku: 'X', quantity: 3 }]
const ordered = { type: 'order.accepted', data: { orderRef: 'web:1', channel: 'web', lines } }
const work = { node: 'ber1', quantity: 3, orderRef: 'web:1', line: '1' }
const picked = { type: 'stock.picked', sku: 'X', data: work }
const shipped = { type: 'stock.shipped', sku: 'X', data: work }
const stock = { type: 'stock.received', sku: 'X', data: { node: 'ber1', quantity: 10 } }
const held = (expiresAt: string) => ({
  type: 'reservation.made',
  source: 'hub',
  data: { reservation: 'r1', orderRef: 'web:1', channel: 'web', lines, expiresAt },
})
const AT_ONCE = '1970-01-12T14:00:00.000Z'

describe('an order that is over', () => {
  test('is let go when it was not heard of for as long as it is kept, and no figure changes', () => {
    const ledger = told(stock, ordered, picked, shipped)
    expect(
      ledger.books.demand.letGo(HEARD_AT, 100, () => false),
      'heard of on that day',
    ).toBe(0)
    expect(letGo(ledger)).toBe(1)
    expect(ledger.books.demand.size).toBe(0)
    expect(reserved(ledger)).toBe(0)
  })

  test('does not come back as demand, whatever is still said of it; its stock counts as ever', () => {
    const ledger = told(stock, ordered, picked, shipped)
    letGo(ledger)
    hear(ledger, { ...ordered, type: 'order.changed', source: 'erp' }, ordered, {
      ...shipped,
      data: { ...work, quantity: 1 },
    })
    hear(ledger, { type: 'order.cancelled', data: { orderRef: 'web:1', channel: 'web' } })
    const { positions, demand } = ledger.books
    expect(demand.size).toBe(0)
    expect([...demand.cancelledOrders()]).toEqual([])
    expect(reserved(ledger)).toBe(0)
    expect(positions.value(0, 'onHand')).toBe(10 - 3 - 1)
  })

  test('is kept while a system has still to be told of it', () => {
    const ledger = told(stock, ordered, picked, shipped)
    expect(letGo(ledger, true)).toBe(0)
    expect(
      ledger.books.demand.letGo(KEPT_FROM, 100, () => false),
      'looked at a day later',
    ).toBe(0)
    expect(ledger.books.demand.letGo(KEPT_FROM + 2 * DAY, 100, () => false)).toBe(1)
  })
})

test.each([
  ['still promised', [stock, ordered]],
  ['picked and still there', [stock, ordered, picked]],
  ['work of which no order is known', [stock, shipped]],
  ['held and confirmed', [stock, held(AT_ONCE), { ...held(AT_ONCE), type: 'reservation.confirmed' }]],
])('what is %s stays, however old it is', (_, story) => {
  const ledger = told(...story)
  const before = reserved(ledger)
  expect(letGo(ledger)).toBe(0)
  expect(reserved(ledger)).toBe(before)
})

describe.each([
  ['awake', false],
  ['at rest', true],
])('a hold that came to nothing, %s,', (_, isSettled) => {
  const settle = ({ books }: Ledger): void => void (isSettled && books.demand.settle())

  test('leaves no trace: its ref is free for a new one', () => {
    const ledger = told(stock, held(AT_ONCE))
    settle(ledger)
    ledger.time.pass(KEPT_FROM, newEffects())
    settle(ledger)
    expect(letGo(ledger), 'the hub has not declared its end').toBe(0)
    hear(ledger, {
      type: 'reservation.expired',
      source: 'hub',
      data: { reservation: 'r1', orderRef: 'web:1' },
    })
    settle(ledger)
    expect(ledger.books.demand.letGo(KEPT_FROM + 2 * DAY, 100, () => false)).toBe(1)
    expect(ledger.books.demand.size).toBe(0)
    expect(ledger.books.demand.find('r1')).toBeUndefined()
    hear(ledger, ordered)
    expect(reserved(ledger)).toBe(3)
  })
})
