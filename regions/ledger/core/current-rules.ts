import type { Rules } from '../../../shared/contract/push.ts'
import type { Ledger } from './ledger.ts'
import { rulesOf } from './snapshot-row.ts'

/** The region's rule document as it is now, made anew only when it may be another. */
export class CurrentRules {
  readonly #ledger: Ledger
  #rules: Rules | null = null

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** Grows with every change of master data, and with every source that falls silent or is heard again. */
  get version(): number {
    return this.#ledger.books.master.version + this.#ledger.time.version
  }

  get(): Rules {
    if (this.#rules?.version !== this.version)
      this.#rules = rulesOf(this.#ledger.books, this.version, this.#ledger.time.at)
    return this.#rules
  }
}
