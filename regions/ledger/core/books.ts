import { type Instant, parseInstant } from '../../../shared/kernel/clock.ts'
import { invariant } from '../../../shared/kernel/invariant.ts'
import { DeltaHistory } from './delta-history.ts'
import { DemandBook } from './demand-book.ts'
import { Interning } from './interning.ts'
import { MasterBook } from './master-book.ts'
import { type CountComparison, Positions } from './positions.ts'
import { SupplyBook } from './supply-book.ts'

/** A count beside the ledger, for reconciliation. */
export type CountSeen = {
  readonly source: string
  readonly standing: 'owner' | 'observer'
  readonly asOf: Instant
  readonly compared: readonly CountComparison[]
}

/** What a source has told so far. */
export type SourceWord = { facts: number; lastFactAt: Instant; highestSequence: number }

/** What facts did, gathered as they are folded. */
export type Effects = { readonly skus: Set<number>; readonly counts: CountSeen[]; masterChanged: boolean }

export const newEffects = (): Effects => ({ skus: new Set(), counts: [], masterChanged: false })

/** All that a region knows, in books: one per kind of thing. */
export class Books {
  readonly skus = new Interning()
  readonly nodes = new Interning()
  readonly lots = new Interning()
  readonly sources = new Interning()
  readonly master = new MasterBook()
  readonly demand = new DemandBook((node) => this.nodes.textOf(node))
  readonly supply = new SupplyBook()
  readonly positions: Positions
  readonly words = new Map<string, SourceWord>()

  constructor(options: { readonly deltasMax?: number } = {}) {
    this.positions = new Positions(new DeltaHistory(options.deltasMax))
  }
}

/** Facts were checked at the border; a time that is none is our own mistake. */
export function instantOf(text: string): Instant {
  const at = parseInstant(text)
  invariant(at !== null, `a fact carries a bad time: ${text}`)
  return at
}
