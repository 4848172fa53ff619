import { type Decimal, isEqual } from '../../../shared/domain/decimal.ts'
import type { SourceProfile } from '../../../shared/domain/master-data.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Refusal } from '../connector.ts'
import type { Reading } from './reading.ts'

export type State = 'onHand' | 'damaged' | 'quarantined'

/** 17 is on hand, 33 available for sale (element 673). Where a partner sends both, 33 is part of 17. */
const STATES_DEFAULT: Readonly<Record<string, State>> = { 17: 'onHand', 33: 'onHand' }
const PREFERRED = ['17', '33']

/** What a kind of quantity means for this partner: a state, nothing on purpose, or null where nobody has said. */
export function stateOf(profile: SourceProfile, qualifier: string): State | 'ignore' | null {
  const told = profile.quantityStates
  if (told && Object.hasOwn(told, qualifier)) return told[qualifier]!
  return Object.hasOwn(STATES_DEFAULT, qualifier) ? STATES_DEFAULT[qualifier]! : null
}

export type Chosen = { readonly states: Partial<Record<State, Decimal>>; readonly unit: string }

/**
 * One figure a state: what the profile names before what is so by default, 17 before 33. Two figures of the same kind for
 * the same place contradict each other.
 */
export function choose(
  profile: SourceProfile,
  readings: readonly Reading[],
  where: string,
): Result<Chosen, Refusal> {
  const best = new Map<State, Reading>()
  for (const reading of [...readings].sort((a, b) => rank(profile, a) - rank(profile, b))) {
    const state = stateOf(profile, reading.qualifier)
    if (state === null || state === 'ignore') continue
    const first = best.get(state)
    if (first === undefined) best.set(state, reading)
    else if (first.qualifier === reading.qualifier && !isSame(first, reading)) {
      return err({
        class: 'conflict',
        code: 'counted-twice',
        detail: `${where}: QTY*${reading.qualifier} comes twice`,
      })
    }
  }
  const states: Partial<Record<State, Decimal>> = {}
  const units = new Set<string>()
  for (const [state, { quantity, unit }] of best) {
    if (!quantity.ok) return quantity
    states[state] = quantity.value
    units.add(unit)
  }
  if (units.size > 1) {
    return err({
      class: 'unit',
      code: 'mixed-units',
      detail: `${where}: states in ${[...units].join(' and ')}`,
    })
  }
  return ok({ states, unit: [...units][0] ?? '' })
}

function rank(profile: SourceProfile, { qualifier }: Reading): number {
  const isTold = profile.quantityStates !== undefined && Object.hasOwn(profile.quantityStates, qualifier)
  const preferred = PREFERRED.indexOf(qualifier)
  return (isTold ? 0 : PREFERRED.length + 1) + (preferred < 0 ? PREFERRED.length : preferred)
}

const isSame = (a: Reading, b: Reading): boolean =>
  a.unit === b.unit && a.quantity.ok && b.quantity.ok && isEqual(a.quantity.value, b.quantity.value)
