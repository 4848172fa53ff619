import type { Fact } from '../../../shared/contract/events.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { applyOrder, applyReservation } from './apply-demand.ts'
import { applyFulfilment } from './apply-fulfilment.ts'
import { applyMaster } from './apply-master.ts'
import { applyCorrection, applyStock } from './apply-stock.ts'
import { applySupply } from './apply-supply.ts'
import { Books, instantOf } from './books.ts'
import { type Effects, newEffects } from './effects.ts'
import { FactIndex } from './fact-index.ts'
import { PassingTime } from './passing-time.ts'
import type { Folding } from './folding.ts'
import { hear } from './heard-sequence.ts'
import { FACT_KEY_WORDS, writeFactKey } from '../../../shared/contract/fact-key.ts'

export type FactStatus = 'accepted' | 'duplicate' | 'conflict'

/** Where a fact's key is written, for the journal: FACT_KEY_WORDS integers at `at`. */
export type KeyPlace = { readonly words: Uint32Array; at: number }

/**
 * The state of a region: the fold of all facts. Folding is commutative and idempotent: every order and repetition of
 * the same facts gives the same positions. It knows no clock, no chance, no disk and no network.
 */
export class Ledger {
  readonly books: Books
  readonly time: PassingTime
  readonly #seen = new FactIndex()
  readonly #folding: { -readonly [K in keyof Folding]: Folding[K] }
  /** How many facts took effect: the region's version, and the journal's sequence. */
  sequence = 0
  duplicates = 0

  constructor(options: { readonly deltasMax?: number } = {}) {
    this.books = new Books(options)
    this.time = new PassingTime(this.books)
    this.#folding = { books: this.books, effects: newEffects(), heardAt: 0, time: 0 }
  }

  /** Folds one fact, heard at a moment of the hub's clock. Only an `accepted` fact changes anything. */
  apply(fact: Fact, effects: Effects, heardAt: Instant, key: KeyPlace = newKeyPlace()): FactStatus {
    // Who writes is no fact about stock: it has no number in the journal, and changes nothing.
    if (fact.type === 'plimsoll.leader.elected') return 'duplicate'
    writeFactKey(fact, key.words, key.at)
    const known = this.#recognise(key.words, key.at)
    if (known !== 'new') {
      this.duplicates++
      return known
    }
    this.remember(key.words, key.at)
    this.sequence++
    this.#folding.effects = effects
    this.#folding.heardAt = heardAt
    this.#folding.time = instantOf(fact.time)
    this.#note(fact, this.#folding)
    this.#fold(fact)
    return 'accepted'
  }

  /** Every fact that took effect has a key, or two: room for them, before they are put back. */
  expect(facts: number): void {
    this.#seen.reserve(facts)
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

  #note(fact: Fact, { time, heardAt }: Folding): void {
    const word = this.books.silence.wordOf(fact.source)
    word.facts++
    word.lastFactAt = Math.max(word.lastFactAt, time)
    if (fact.sequence !== undefined) {
      word.highestSequence = Math.max(word.highestSequence, fact.sequence)
      hear(word.heard, fact.sequence)
    }
    word.heardAt = Math.max(word.heardAt, heardAt)
    const data = fact.data as Heard | undefined
    if (fact.type === 'plimsoll.source.heartbeat') {
      if (fact.data?.nodes === undefined) word.aliveAt = Math.max(word.aliveAt, heardAt)
      else for (const node of fact.data.nodes) hearOf(word.nodes, node, heardAt)
    }
    if (data?.node !== undefined) hearOf(word.nodes, data.node, heardAt)
    if (data?.transfer !== undefined) {
      const node = fact.type === 'plimsoll.transfer.shipped' ? data.from : data.to
      if (node !== undefined) hearOf(word.nodes, node, heardAt)
    }
  }

  #fold(fact: Fact): void {
    switch (fact.type) {
      case 'plimsoll.stock.received':
      case 'plimsoll.stock.picked':
      case 'plimsoll.stock.shipped':
      case 'plimsoll.stock.returned':
      case 'plimsoll.stock.adjusted':
      case 'plimsoll.stock.moved':
      case 'plimsoll.stock.counted':
        return applyStock(this.#folding, fact)
      case 'plimsoll.correction.applied':
        return applyCorrection(this.#folding, fact)
      case 'plimsoll.transfer.shipped':
      case 'plimsoll.transfer.received':
      case 'plimsoll.receipt.expected':
        return applySupply(this.#folding, fact)
      case 'plimsoll.order.accepted':
      case 'plimsoll.order.changed':
      case 'plimsoll.order.cancelled':
        return applyOrder(this.#folding, fact)
      case 'plimsoll.reservation.made':
      case 'plimsoll.reservation.extended':
      case 'plimsoll.reservation.confirmed':
      case 'plimsoll.reservation.released':
      case 'plimsoll.reservation.expired':
        return applyReservation(this.#folding, fact)
      case 'plimsoll.fulfilment.sourced':
      case 'plimsoll.fulfilment.advanced':
      case 'plimsoll.fulfilment.short':
        return applyFulfilment(this.#folding, fact)
      case 'plimsoll.source.heartbeat':
      case 'plimsoll.reservation.refused':
      case 'plimsoll.correction.proposed':
      case 'plimsoll.correction.rejected':
      case 'plimsoll.leader.elected':
        return
      default:
        return applyMaster(this.#folding, fact)
    }
  }
}

const newKeyPlace = (): KeyPlace => ({ words: new Uint32Array(FACT_KEY_WORDS), at: 0 })

type Heard = {
  readonly node?: string
  readonly transfer?: string
  readonly from?: string
  readonly to?: string
}

function hearOf(nodes: Map<string, Instant>, node: string, at: Instant): void {
  const before = nodes.get(node)
  if (before === undefined || before < at) nodes.set(node, at)
}
