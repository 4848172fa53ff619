import type { CanonicalEvent, Fact } from '../../shared/contract/events.ts'
import type { MasterBook } from '../ledger/core/master-book.ts'
import { type OwnedState, ownersOf } from '../ledger/core/owners.ts'
import type { PhysicalState } from '../ledger/core/positions.ts'
import { isBuiltIn } from './own-sources.ts'

/**
 * How much a source's word counts on the states of a node that it speaks of: all of them (nothing is said of that in the
 * fact), some (`observes` names the others), or none (`observer`).
 */
export function standingOf(event: CanonicalEvent, master: MasterBook): Pick<Fact, 'standing' | 'observes'> {
  const node = nodeOf(event)
  if (node === null || isBuiltIn(event.source)) return {}
  const states = statesOf(event)
  const foreign = states.filter((state) => {
    const owners = ownersOf(master, node, state)
    return owners !== null && !owners.includes(event.source)
  })
  if (foreign.length === 0) return {}
  return foreign.length === states.length
    ? { standing: 'observer' }
    : { observes: foreign as PhysicalState[] }
}

/** The states an event speaks of. */
function statesOf(event: CanonicalEvent): OwnedState[] {
  const marked = (state: string | undefined): OwnedState[] =>
    state === 'damaged' || state === 'quarantined' ? [state] : []
  switch (event.type) {
    case 'plimsoll.stock.picked':
      return ['picked']
    case 'plimsoll.stock.received':
    case 'plimsoll.stock.returned':
      return ['onHand', ...marked(event.data.disposition)]
    case 'plimsoll.stock.moved':
      return [...marked(event.data.from), ...marked(event.data.to)]
    case 'plimsoll.stock.counted':
      return (['onHand', 'damaged', 'quarantined'] as const).filter(
        (state) => event.data.states[state] !== undefined,
      )
    case 'plimsoll.stock.shipped':
    case 'plimsoll.stock.adjusted':
    case 'plimsoll.transfer.shipped':
    case 'plimsoll.transfer.received':
      return ['onHand']
    default:
      return []
  }
}

/** The node whose owner may say this. A transfer is told by the end it happens at. */
function nodeOf(event: CanonicalEvent): string | null {
  switch (event.type) {
    case 'plimsoll.transfer.shipped':
      return event.data.from ?? null
    case 'plimsoll.transfer.received':
      return event.data.to
    default:
      return event.data && 'node' in event.data ? (event.data.node as string) : null
  }
}
