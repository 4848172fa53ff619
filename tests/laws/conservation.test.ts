import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Books } from '../../regions/ledger/core/books.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { delivered, movementTape, SKUS } from './tapes.ts'
import { foldAll } from './picture.ts'

/** What came in, went out and was put right, as the facts themselves say; what an observer says moves nothing. */
function movedIn(facts: readonly Fact[], sku: string): number {
  let sum = 0
  for (const fact of facts) {
    if (fact.subject !== sku || fact.standing === 'observer') continue
    switch (fact.type) {
      case 'plimsoll.stock.received':
      case 'plimsoll.stock.returned':
      case 'plimsoll.stock.adjusted':
        sum += fact.data.quantity
        break
      case 'plimsoll.stock.shipped':
        sum -= fact.data.quantity
        break
      case 'plimsoll.correction.applied':
        if (fact.data.state === 'onHand') sum += fact.data.delta
    }
  }
  return sum
}

const sumOver = (books: Books, sku: string, value: (slot: number) => number): number =>
  [...books.positions.ofSku(books.skus.find(sku))].reduce((sum, slot) => sum + value(slot), 0)

describe('nothing is made or lost', () => {
  test('over all nodes, what lies there is what was received less what was shipped, put right by adjustments', () => {
    const withoutTransfers = movementTape.map((tape) =>
      tape.filter(({ type }) => !type.startsWith('plimsoll.transfer.')),
    )
    fc.assert(
      fc.property(withoutTransfers.chain(delivered), (facts) => {
        const { books } = foldAll(facts)
        const once = [...new Set(facts)]
        for (const sku of SKUS)
          expect(sumOver(books, sku, (slot) => books.positions.value(slot, 'onHand'))).toBe(
            movedIn(once, sku),
          )
      }),
      { numRuns: 500 },
    )
  })

  test('goods on their way are at neither end and not lost: they are in transit until they arrive', () => {
    const leg = fc.record({
      quantity: fc.integer({ min: 1, max: 30 }),
      arrived: fc.integer({ min: 0, max: 30 }),
    })
    fc.assert(
      fc.property(
        fc.array(leg, { minLength: 1, maxLength: 8 }).chain((legs) => delivered(legs.flatMap(transferred))),
        (facts) => {
          const { books } = foldAll(facts)
          const { positions } = books
          const there = sumOver(
            books,
            'X',
            (slot) => positions.value(slot, 'onHand') + positions.inTransit(slot),
          )
          expect(there).toBe(0)
          for (const slot of positions.ofSku(books.skus.find('X')))
            expect(positions.inTransit(slot)).toBeGreaterThanOrEqual(0)
        },
      ),
      { numRuns: 500 },
    )
  })
})

/** A transfer of X from ber1 to muc1 of which as much as was sent has arrived, or less. */
function transferred({ quantity, arrived }: { quantity: number; arrived: number }, index: number): Fact[] {
  const ends = { transfer: `T${index}`, from: 'ber1', to: 'muc1' }
  const leg = (type: string, units: number): Fact =>
    ({
      specversion: '1.0',
      id: `${type}-${index}`,
      source: 'wms',
      type: `plimsoll.transfer.${type}`,
      time: '2026-11-02T08:00:00.000Z',
      subject: 'X',
      data: { ...ends, quantity: units },
    }) as Fact
  const received = Math.min(quantity, arrived)
  return received === 0 ? [leg('shipped', quantity)] : [leg('shipped', quantity), leg('received', received)]
}
