import type { Count } from './count-order.ts'
import type { CountComparison } from './positions.ts'

/** A count beside the ledger, for reconciliation. */
export type CountSeen = {
  readonly count: Count
  readonly standing: 'owner' | 'observer'
  readonly compared: readonly CountComparison[]
}

/** What facts did, gathered as they are folded. */
export type Effects = {
  /** Skus whose figures may have changed; with all that hang together with them by kits (`KitBook.spread`). */
  readonly skus: Set<number>
  readonly counts: CountSeen[]
  /** Subjects whose change reaches more skus than one: nodes, and the scopes of policies. */
  readonly scopes: Set<string>
  /** Orders of which something was heard. */
  readonly orders: Set<string>
  masterChanged: boolean
}

export const newEffects = (): Effects => ({
  skus: new Set(),
  counts: [],
  scopes: new Set(),
  orders: new Set(),
  masterChanged: false,
})
