import type { EventOf, Fact } from '../../../shared/contract/events.ts'
import { instantOf } from './books.ts'
import type { Count } from './count-order.ts'
import type { LineKey } from './demand-book.ts'
import { LINE_DEFAULT } from './demand-line.ts'
import type { Folding } from './folding.ts'
import { lotOf, move } from './movement.ts'
import { type CountedStates, PHYSICAL_STATES } from './positions.ts'
import { changeSupply } from './apply-supply.ts'

type StockFact = Extract<Fact, { type: `plimsoll.stock.${string}` }>

export function applyStock(folding: Folding, fact: StockFact): void {
  const { books, effects, heardAt, time } = folding
  const sku = books.skus.idOf(fact.subject)
  effects.skus.add(sku)
  if (fact.type === 'plimsoll.stock.counted') return applyCount(folding, fact, sku)
  if (fact.standing === 'observer') return
  move(folding, fact, sku)
  const node = books.nodes.idOf(fact.data.node)
  if (fact.type === 'plimsoll.stock.picked') {
    const { orderRef, line, quantity } = fact.data
    effects.orders.add(orderRef)
    noteAlias(folding, fact, { orderRef, line, sku })
    books.demand.pick({ orderRef, line, sku }, node, quantity, heardAt)
  }
  if (fact.type === 'plimsoll.stock.shipped') {
    const { orderRef, line = LINE_DEFAULT, quantity } = fact.data
    books.velocity.ship(sku, quantity, time)
    if (orderRef !== undefined) {
      effects.orders.add(orderRef)
      noteAlias(folding, fact, { orderRef, line, sku })
      books.demand.ship({ orderRef, line, sku }, node, quantity, heardAt)
    }
  }
  if (fact.type === 'plimsoll.stock.received' && fact.data.ref !== undefined) {
    const { ref, quantity } = fact.data
    changeSupply(folding, { ref, sku, node }, (supply) => void (supply.receipts += quantity))
  }
}

/** Whoever works on a line may call it otherwise than those who ordered it. */
function noteAlias({ books, heardAt }: Folding, { source, data }: StockFact, at: LineKey): void {
  const { statedLine } = data as { readonly statedLine?: unknown }
  if (typeof statedLine === 'string' && statedLine !== '') books.demand.alias(at, source, statedLine, heardAt)
}

export function applyCorrection(folding: Folding, fact: Fact & EventOf<'plimsoll.correction.applied'>): void {
  const sku = folding.books.skus.idOf(fact.subject)
  folding.effects.skus.add(sku)
  move(folding, fact, sku)
}

/** The states that the source owns stand on its count; what it says of the others is kept beside the position. */
function applyCount(
  { books, effects }: Folding,
  fact: EventOf<'plimsoll.stock.counted'> & Fact,
  sku: number,
): void {
  const { node, lot, asOf, states } = fact.data
  const slot = books.positions.slotOf(sku, books.nodes.idOf(node), lotOf(books, lot))
  const count: Count = {
    source: books.sources.idOf(fact.source),
    sourceName: fact.source,
    id: fact.id,
    asOf: instantOf(asOf),
    sequence: fact.sequence ?? -1,
  }
  const isObserved = (state: string): boolean =>
    fact.standing === 'observer' || fact.observes?.some((it) => it === state) === true
  const owned = only(states, (state) => !isObserved(state))
  const observed = only(states, isObserved)
  if (owned)
    effects.counts.push({
      count,
      standing: 'owner',
      compared: books.positions.applyCount(slot, count, owned),
    })
  if (observed) {
    effects.counts.push({
      count,
      standing: 'observer',
      compared: books.positions.compare(slot, count, observed),
    })
    books.observations.note(slot, count, observed)
  }
}

function only(states: CountedStates, is: (state: string) => boolean): CountedStates | null {
  const kept = PHYSICAL_STATES.filter((state) => states[state] !== undefined && is(state))
  if (kept.length === 0) return null
  return Object.fromEntries(kept.map((state) => [state, states[state]]))
}
