import { newEffects } from '../ledger/core/effects.ts'
import { Ledger } from '../ledger/core/ledger.ts'
import { UNASSIGNED } from '../ledger/core/demand-line.ts'
import { toComeOf } from '../ledger/core/promise-of.ts'
import { inTransitOf } from '../ledger/core/supply-book.ts'
import type { Effect } from './effect.ts'
import type { JournalFact } from './journal-rows.ts'

/** The states that depend on what else was said under the same order, or the same reference. */
const STATES = ['inTransit', 'expected', 'reserved', 'allocated', 'picked'] as const
type States = Record<(typeof STATES)[number], number>

const NOTHING: States = { inTransit: 0, expected: 0, reserved: 0, allocated: 0, picked: 0 }
/** A story is short; its few movements need no long history. */
const DELTAS_MAX = 16

export const factKey = ({ entry, event }: JournalFact): string => `${entry} ${event.source} ${event.id}`

/**
 * What each fact of a story changed of demand and supply. Orders do not depend on each other, nor references on each other:
 * so the facts of one, folded by themselves in their order, give exactly what they did in the ledger.
 */
export function effectsInStory(facts: readonly JournalFact[]): Map<string, Effect[]> {
  const ledger = new Ledger({ deltasMax: DELTAS_MAX })
  const effects = new Map<string, Effect[]>()
  for (const fact of facts) {
    // Holds that ended before this had ended by themselves.
    ledger.time.pass(Math.max(ledger.time.at, fact.recordedAt), newEffects())
    const before = statesOf(ledger)
    ledger.apply(fact.event, newEffects(), fact.recordedAt)
    effects.set(factKey(fact), changesBetween(before, statesOf(ledger)))
  }
  return effects
}

function statesOf({ books }: Ledger): Map<string, States> {
  const found = new Map<string, States>()
  const at = (sku: number, node: number): States => {
    const key = `${books.skus.textOf(sku)}\n${node === UNASSIGNED ? '' : books.nodes.textOf(node)}`
    const known = found.get(key)
    if (known) return known
    const made = { ...NOTHING }
    found.set(key, made)
    return made
  }
  for (const sku of books.skus.texts.keys()) {
    for (const { node, open, picked } of books.demand.cellsOf(sku)) {
      const states = at(sku, node)
      states.reserved += open
      states.picked += picked
      if (node !== UNASSIGNED) states.allocated += open
    }
    for (const supply of books.supply.ofSku(sku)) {
      const states = at(sku, supply.node)
      states.inTransit += inTransitOf(supply)
      if (supply.expected !== null) states.expected += toComeOf(supply).quantity
    }
  }
  return found
}

function changesBetween(before: Map<string, States>, after: Map<string, States>): Effect[] {
  const effects: Effect[] = []
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key) ?? NOTHING, after.get(key) ?? NOTHING]
    const changed = STATES.filter((state) => was[state] !== is[state])
    if (changed.length === 0) continue
    const [sku, node] = key.split('\n') as [string, string]
    const changes = Object.fromEntries(changed.map((state) => [state, is[state] - was[state]]))
    effects.push({ sku, node: node === '' ? null : node, ...changes })
  }
  return effects
}
