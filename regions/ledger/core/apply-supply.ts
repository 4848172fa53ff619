import type { EventOf, Fact } from '../../../shared/contract/events.ts'
import { instantOf } from './books.ts'
import type { Folding } from './folding.ts'
import { move } from './movement.ts'
import { isLater } from './rank.ts'
import type { Supply, SupplyKey } from './supply-book.ts'

type SupplyFact = Extract<Fact, { type: `plimsoll.transfer.${string}` | 'plimsoll.receipt.expected' }>

const NO_LOT = -1

export function applySupply(folding: Folding, fact: SupplyFact): void {
  const { books, effects } = folding
  const sku = books.skus.idOf(fact.subject)
  effects.skus.add(sku)
  if (fact.standing === 'observer') return
  if (fact.type === 'plimsoll.receipt.expected') return expectReceipt(folding, fact, sku)
  const { transfer, to, quantity, expectedAt } = fact.data
  const isShipped = fact.type === 'plimsoll.transfer.shipped'
  move(folding, fact, sku)
  changeSupply(folding, { ref: transfer, sku, node: books.nodes.idOf(to) }, (supply) => {
    if (!isShipped) return void (supply.received += quantity)
    supply.shipped += quantity
    if (expectedAt !== undefined) supply.dueAt = Math.max(supply.dueAt ?? 0, instantOf(expectedAt))
  })
}

/** The latest word on a reference stands; a quantity of 0 calls it off. */
function expectReceipt(
  { books, time, heardAt }: Folding,
  fact: EventOf<'plimsoll.receipt.expected'>,
  sku: number,
): void {
  const { ref, node, quantity, expectedAt } = fact.data
  books.supply.change({ ref, sku, node: books.nodes.idOf(node) }, heardAt, (supply) => {
    const rank = [time, fact.source, fact.id] as const
    if (!supply.expected || isLater(rank, supply.expected.rank))
      supply.expected = { quantity, expectedAt: instantOf(expectedAt), rank }
  })
}

export function changeSupply(
  { books, heardAt, time }: Folding,
  key: SupplyKey,
  mutate: (supply: Supply) => void,
): void {
  const moved = books.supply.change(key, heardAt, mutate)
  // Also when nothing moves (a receipt before its shipment): which half came first must not be seen in the position.
  books.positions.addInTransit(books.positions.slotOf(key.sku, key.node, NO_LOT), moved, time)
}
