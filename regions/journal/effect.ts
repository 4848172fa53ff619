import type { Fact } from '../../shared/contract/events.ts'
import { movementOf } from '../ledger/core/movement.ts'
import type { CountedStates } from '../ledger/core/positions.ts'

/** What a fact changed of one position (or, without a node, of demand that no node has yet). What it left alone is absent. */
export type Effect = {
  readonly sku: string
  readonly node: string | null
  readonly lot?: string
  readonly onHand?: number
  readonly damaged?: number
  readonly quarantined?: number
  readonly inTransit?: number
  readonly expected?: number
  readonly reserved?: number
  readonly allocated?: number
  readonly picked?: number
  /** A count does not change a state by so much, it says what it was as of a moment. */
  readonly counted?: CountedStates & { readonly asOf: string }
}

/** How a fact moves what lies there, by its own word alone. */
export function physicalEffects(fact: Fact): Effect[] {
  if (fact.type === 'plimsoll.stock.counted') return countEffects(fact)
  const movement = movementOf(fact)
  if (!movement || fact.subject === undefined) return []
  const { node, ...states } = movement
  const moved = Object.entries(states).filter(([, quantity]) => quantity !== 0)
  if (moved.length === 0) return []
  const { lot } = fact.data as { lot?: string }
  return [{ sku: fact.subject, node, ...(lot === undefined ? {} : { lot }), ...Object.fromEntries(moved) }]
}

/** What an observer counts is compared, and moves nothing. */
function countEffects(fact: Extract<Fact, { type: 'plimsoll.stock.counted' }>): Effect[] {
  if (fact.standing === 'observer') return []
  const { node, lot, states, asOf } = fact.data
  const owned = Object.entries(states).filter(
    ([state, quantity]) => quantity !== undefined && !fact.observes?.some((it) => it === state),
  )
  if (owned.length === 0) return []
  const counted = { ...Object.fromEntries(owned), asOf }
  return [{ sku: fact.subject, node, ...(lot === undefined ? {} : { lot }), counted }]
}
