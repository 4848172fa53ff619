import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reservationView } from '../../regions/orders/core/reservation-view.ts'
import { fact } from '../../regions/ledger/core/given.ts'
import { newEffects } from '../../regions/ledger/core/effects.ts'
import { Ledger } from '../../regions/ledger/core/ledger.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { pictureOf } from './picture.ts'
import { anyTape, delivered, NOW } from './tapes.ts'

const HEARD_AT = NOW - 3_600_000
const HOLDS = ['R1', 'R2', 'R3']
const PASSES_MS = 600_000

/** What is told of holds at the end, and how many of a kind each figure counts. `settles` says after which facts all that may rest does. */
function told(facts: readonly Fact[], settles: (at: number) => boolean): Record<string, unknown> {
  const ledger = new Ledger()
  facts.forEach((fact, at) => {
    ledger.apply(fact, newEffects(), HEARD_AT)
    if (settles(at)) ledger.books.demand.settle()
  })
  for (let now = HEARD_AT; now <= NOW; now += PASSES_MS) {
    ledger.time.pass(now, newEffects())
    if (settles(facts.length + now)) ledger.books.demand.settle()
  }
  const { books } = ledger
  const { demand } = books
  for (const { id, orderRef } of demand.undeclared)
    ledger.apply(
      fact({ type: 'reservation.expired', source: 'hub', data: { reservation: id, orderRef } }),
      newEffects(),
      NOW,
    )
  const views = HOLDS.map((id) => {
    const hold = demand.find(id)
    return [id, hold && reservationView(books, hold, NOW)] as const
  })
  const undeclared = [...demand.undeclared].map(({ id }) => id).sort()
  return { ...pictureOf(ledger), ...Object.fromEntries(views), undeclared, size: demand.size }
}

test('whenever holds come to rest, and whatever wakes them, everyone learns the same', () => {
  fc.assert(
    fc.property(
      anyTape.chain((tape) => delivered(tape)),
      fc.integer({ min: 1, max: 4 }),
      (tape, every) => {
        expect(told(tape, (at) => at % every === 0)).toEqual(told(tape, () => false))
      },
    ),
    { numRuns: 1000 },
  )
})
