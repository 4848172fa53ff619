import { type Instant, parseInstant } from '../../../shared/kernel/clock.ts'
import { invariant } from '../../../shared/kernel/invariant.ts'
import { DeltaHistory } from './delta-history.ts'
import { DemandBook } from './demand-book.ts'
import { FlowBook } from './flow-book.ts'
import { Interning } from './interning.ts'
import { KitBook } from './kit-book.ts'
import { MasterBook } from './master-book.ts'
import { ObservationBook } from './observation-book.ts'
import { Positions } from './positions.ts'
import { SilenceBook } from './silence.ts'
import { SupplyBook } from './supply-book.ts'
import { Velocity } from './velocity.ts'

/** All that a region knows, in books: one per kind of thing. */
export class Books {
  readonly skus = new Interning()
  readonly nodes = new Interning()
  readonly lots = new Interning()
  readonly sources = new Interning()
  readonly master = new MasterBook(this.skus)
  readonly kits = new KitBook()
  readonly demand = new DemandBook(
    { nodeName: (node) => this.nodes.textOf(node), skuName: (sku) => this.skus.textOf(sku) },
    this.kits,
  )
  readonly supply = new SupplyBook()
  readonly flows = new FlowBook()
  readonly observations = new ObservationBook()
  readonly velocity = new Velocity()
  readonly silence = new SilenceBook(this.master)
  readonly positions: Positions

  constructor(options: { readonly deltasMax?: number } = {}) {
    this.positions = new Positions(new DeltaHistory(options.deltasMax), this.sources)
  }
}

/** Facts were checked at the border; a time that is none is our own mistake. */
export function instantOf(text: string): Instant {
  const at = parseInstant(text)
  invariant(at !== null, `a fact carries a bad time: ${text}`)
  return at
}
