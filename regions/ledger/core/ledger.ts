import type { Fact } from '../../../shared/contract/events.ts'
import { Books, type Effects, instantOf } from './books.ts'
import { applyCorrection, applyDemand, applyMaster, applyStock, applyTransfer } from './effects.ts'
import { FactIndex } from './fact-index.ts'
import { FACT_KEY_WORDS, writeFactKey } from './fact-key.ts'

export type FactStatus = 'accepted' | 'duplicate' | 'conflict'

/**
 * The state of a region: the fold of all facts. Folding is commutative and idempotent: every order and repetition of
 * the same facts gives the same positions. It knows no clock, no chance, no disk and no network.
 */
export class Ledger {
  readonly books: Books
  readonly #seen = new FactIndex()
  /** How many facts took effect: the region's version, and the journal's sequence. */
  sequence = 0
  duplicates = 0

  constructor(options: { readonly deltasMax?: number } = {}) {
    this.books = new Books(options)
  }

  /**
   * Folds one fact. `key` receives by what it was recognised (FACT_KEY_WORDS integers at `at`), for the journal.
   * Only an `accepted` fact changes anything.
   */
  apply(
    fact: Fact,
    effects: Effects,
    key: Uint32Array = new Uint32Array(FACT_KEY_WORDS),
    at = 0,
  ): FactStatus {
    writeFactKey(fact, key, at)
    const known = this.#recognise(key, at)
    if (known !== 'new') {
      this.duplicates++
      return known
    }
    this.remember(key, at)
    this.sequence++
    this.note(fact)
    this.#fold(fact, effects)
    return 'accepted'
  }

  /** Puts a journaled fact's key back, without its effect: a checkpoint holds that. */
  remember(key: Uint32Array, at: number): void {
    this.#seen.add(key[at]!, key[at + 1]!, key[at + 4]!)
    if (key[at + 2] !== 0 || key[at + 3] !== 0) this.#seen.add(key[at + 2]!, key[at + 3]!, key[at + 4]!)
  }

  #recognise(key: Uint32Array, at: number): 'new' | 'duplicate' | 'conflict' {
    let content = this.#seen.find(key[at]!, key[at + 1]!)
    if (content < 0 && (key[at + 2] !== 0 || key[at + 3] !== 0))
      content = this.#seen.find(key[at + 2]!, key[at + 3]!)
    if (content < 0) return 'new'
    return content === key[at + 4] ? 'duplicate' : 'conflict'
  }

  note(fact: Fact): void {
    const time = instantOf(fact.time)
    const word = this.books.words.get(fact.source)
    if (!word) {
      this.books.words.set(fact.source, { facts: 1, lastFactAt: time, highestSequence: fact.sequence ?? -1 })
      return
    }
    word.facts++
    word.lastFactAt = Math.max(word.lastFactAt, time)
    word.highestSequence = Math.max(word.highestSequence, fact.sequence ?? -1)
  }

  #fold(fact: Fact, effects: Effects): void {
    switch (fact.type) {
      case 'plimsoll.stock.received':
      case 'plimsoll.stock.picked':
      case 'plimsoll.stock.shipped':
      case 'plimsoll.stock.returned':
      case 'plimsoll.stock.adjusted':
      case 'plimsoll.stock.moved':
      case 'plimsoll.stock.counted':
        return applyStock(this.books, fact, effects)
      case 'plimsoll.transfer.shipped':
      case 'plimsoll.transfer.received':
      case 'plimsoll.receipt.expected':
        return applyTransfer(this.books, fact, effects)
      case 'plimsoll.order.accepted':
      case 'plimsoll.order.changed':
      case 'plimsoll.order.cancelled':
        return applyDemand(this.books, fact, effects)
      case 'plimsoll.correction.applied':
        return applyCorrection(this.books, fact, effects)
      case 'plimsoll.reservation.made':
      case 'plimsoll.reservation.extended':
      case 'plimsoll.reservation.confirmed':
      case 'plimsoll.reservation.released':
      case 'plimsoll.reservation.expired':
      case 'plimsoll.source.heartbeat':
        return
      default:
        return applyMaster(this.books, fact, effects)
    }
  }
}
