import type { Fact } from '../../shared/contract/events.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { invariant } from '../../shared/kernel/invariant.ts'
import type { Effects } from './core/effects.ts'
import { FACT_KEY_WORDS } from '../../shared/contract/fact-key.ts'
import type { Ledger } from './core/ledger.ts'
import { type Deciding, isAnswer } from './remembered-answers.ts'

/** Decisions that will be one message of DECISIONS, folded as they are made. */
export class DecisionBatch {
  readonly facts: Fact[] = []
  /** What this very batch answers, by the request's key. */
  readonly answers = new Map<string, Deciding>()
  readonly effects: Effects
  readonly now: Instant
  readonly sequenceBefore: number
  /** Its number in the journal, once it is there. */
  entry = 0
  readonly #ledger: Ledger
  readonly #keys: number[] = []
  #body: Uint8Array | null = null
  #packedKeys: Uint32Array | null = null

  constructor(ledger: Ledger, effects: Effects, now: Instant) {
    this.#ledger = ledger
    this.effects = effects
    this.now = now
    this.sequenceBefore = ledger.sequence
  }

  add(fact: Fact): void {
    const key = { words: new Uint32Array(FACT_KEY_WORDS), at: 0 }
    const status = this.#ledger.apply(fact, this.effects, this.now, key)
    invariant(status === 'accepted', `a decision of our own was a ${status}: ${fact.id}`)
    this.facts.push(fact)
    if (isAnswer(fact)) this.answers.set(fact.data.request!.key, fact)
    this.#keys.push(...key.words)
  }

  /** The message: what the stream and the journal hold. */
  get body(): Uint8Array {
    this.#body ??= new TextEncoder().encode(JSON.stringify(this.facts))
    return this.#body
  }

  get keys(): Uint32Array {
    this.#packedKeys ??= Uint32Array.from(this.#keys)
    return this.#packedKeys
  }
}
