import type { Disposition, Fact } from '../../../shared/contract/events.ts'
import type { Books } from './books.ts'
import type { Folding } from './folding.ts'

/** How a fact moves the physical states of one position. */
export type Movement = {
  readonly node: string
  readonly onHand: number
  readonly damaged: number
  readonly quarantined: number
}

const NO_LOT = -1

/** Every fact moves the physical states of at most one position; null when it moves none, or is only an observation. */
export function movementOf(fact: Fact): Movement | null {
  // A non-owner's word on what lies there is an observation: journaled, compared, never applied.
  if (fact.standing === 'observer') return null
  const movement = wholeMovementOf(fact)
  if (movement === null || fact.observes === undefined) return movement
  const owned = { ...movement }
  for (const state of fact.observes) owned[state] = 0
  return owned
}

function wholeMovementOf(fact: Fact): Movement | null {
  switch (fact.type) {
    case 'plimsoll.stock.received':
    case 'plimsoll.stock.returned': {
      const { node, quantity, disposition = 'sellable' } = fact.data
      const part = (state: Disposition): number => (disposition === state ? quantity : 0)
      return { node, onHand: quantity, damaged: part('damaged'), quarantined: part('quarantined') }
    }
    case 'plimsoll.stock.shipped':
      return onHandOf(fact.data.node, -fact.data.quantity)
    case 'plimsoll.stock.adjusted':
      return onHandOf(fact.data.node, fact.data.quantity)
    case 'plimsoll.stock.moved': {
      const { node, quantity, from, to } = fact.data
      const part = (state: Disposition): number =>
        (to === state ? quantity : 0) - (from === state ? quantity : 0)
      return { node, onHand: 0, damaged: part('damaged'), quarantined: part('quarantined') }
    }
    // An end that lies in another region is booked here too, and never shown: that region's ledger gets the same
    // fact, and asking now which nodes are ours would make the result depend on the order of facts.
    case 'plimsoll.transfer.shipped':
      return fact.data.from === undefined ? null : onHandOf(fact.data.from, -fact.data.quantity)
    case 'plimsoll.transfer.received':
      return onHandOf(fact.data.to, fact.data.quantity)
    case 'plimsoll.correction.applied': {
      const { node, state, delta } = fact.data
      const part = (name: typeof state): number => (name === state ? delta : 0)
      return { node, onHand: part('onHand'), damaged: part('damaged'), quarantined: part('quarantined') }
    }
    default:
      return null
  }
}

const onHandOf = (node: string, onHand: number): Movement => ({ node, onHand, damaged: 0, quarantined: 0 })

/** Books a fact's movement, and keeps it for later counts. */
export function move({ books, time }: Folding, fact: Fact, sku: number): void {
  const movement = movementOf(fact)
  if (!movement) return
  const { node, onHand, damaged, quarantined } = movement
  const slot = books.positions.slotOf(sku, books.nodes.idOf(node), lotOf(books, lotNameOf(fact)))
  books.positions.applyDelta(slot, {
    time,
    sequence: fact.sequence ?? -1,
    source: books.sources.idOf(fact.source),
    onHand,
    damaged,
    quarantined,
  })
}

const lotNameOf = (fact: Fact): string | undefined => (fact.data as { lot?: string } | undefined)?.lot

export const lotOf = (books: Books, lot: string | undefined): number =>
  lot === undefined ? NO_LOT : books.lots.idOf(lot)
