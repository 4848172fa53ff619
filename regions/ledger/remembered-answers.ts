import type { DatabaseSync } from 'node:sqlite'
import type { EventOf, Fact } from '../../shared/contract/events.ts'
import { type Instant, parseInstant } from '../../shared/kernel/clock.ts'
import { hash64Into } from '../../shared/kernel/hash64.ts'
import { FactIndex } from './core/fact-index.ts'
import { factsIn } from './journal-body.ts'

export type Deciding = EventOf<'plimsoll.reservation.made'> | EventOf<'plimsoll.reservation.refused'>

/** A request is answered as it was the first time for so long. */
const REMEMBERED_MS = 86_400_000
/** Keys are forgotten together, those of so long at once. */
const AGE_MS = 6 * 3_600_000
const KEY_WORDS = 2

const key64 = new Uint32Array(KEY_WORDS)

/**
 * Where in the journal each request was answered, by its idempotency key: grants and refusals alike, so that whoever folds
 * them can answer as the first writer did. Kept with the books, a row a batch: what came after those is found in the journal.
 */
export class RememberedAnswers {
  readonly #insert
  readonly #entry
  readonly #prune
  /** What the next checkpoint has to write. */
  #unsaved: { readonly entry: number; readonly at: Instant; readonly keys: Uint8Array }[] = []
  /** The keys' hashes and the entries they stand in, apart by age. */
  readonly #ages = new Map<number, FactIndex>()

  constructor(database: DatabaseSync, now: Instant) {
    this.#insert = database.prepare('INSERT OR REPLACE INTO answered (entry, at, keys) VALUES (?, ?, ?)')
    this.#entry = database.prepare('SELECT body FROM journal WHERE entry = ?')
    this.#prune = database.prepare(
      'DELETE FROM answered WHERE entry < (SELECT entry FROM answered WHERE at > ? ORDER BY entry LIMIT 1)',
    )
    const kept = database.prepare(
      'SELECT entry, at, keys FROM answered WHERE at > ? AND entry NOT IN (SELECT entry FROM voided)',
    )
    for (const row of kept.iterate(now - REMEMBERED_MS)) {
      const words = new Uint32Array((row['keys'] as Uint8Array).slice().buffer)
      for (let at = 0; at < words.length; at += KEY_WORDS)
        this.#ageOf(row['at'] as number).add(words[at]!, words[at + 1]!, row['entry'] as number)
    }
  }

  find(key: string, now: Instant): Deciding | null {
    hash64Into(key, key64)
    for (const index of this.#ages.values()) {
      const entry = index.find(key64[0]!, key64[1]!)
      if (entry < 0) continue
      const decided = answersIn(this.#factsOf(entry)).find(({ data }) => data.request!.key === key)
      if (decided && parseInstant(decided.time)! > now - REMEMBERED_MS) return decided
    }
    return null
  }

  /** Of a batch, with its entry in the journal. */
  keep(entry: number, facts: readonly Fact[]): void {
    const answers = answersIn(facts)
    if (answers.length === 0) return
    const at = parseInstant(answers[0]!.time)!
    const index = this.#ageOf(at)
    const words = new Uint32Array(answers.length * KEY_WORDS)
    answers.forEach(({ data }, i) => {
      hash64Into(data.request!.key, key64)
      words.set(key64, i * KEY_WORDS)
      index.add(key64[0]!, key64[1]!, entry)
    })
    this.#unsaved.push({ entry, at, keys: new Uint8Array(words.buffer) })
  }

  /** Inside the transaction of the books. */
  save(): void {
    for (const { entry, at, keys } of this.#unsaved) this.#insert.run(entry, at, keys)
    this.#unsaved = []
  }

  prune(now: Instant): void {
    this.#prune.run(now - REMEMBERED_MS)
    for (const age of this.#ages.keys()) if ((age + 1) * AGE_MS <= now - REMEMBERED_MS) this.#ages.delete(age)
  }

  #ageOf(at: Instant): FactIndex {
    const age = Math.floor(at / AGE_MS)
    const known = this.#ages.get(age)
    if (known) return known
    const made = new FactIndex()
    this.#ages.set(age, made)
    return made
  }

  #factsOf(entry: number): Fact[] {
    const body = this.#entry.get(entry)?.['body'] as Uint8Array | undefined
    return body === undefined ? [] : factsIn(body)
  }
}

/** The decisions that answer a request. */
function answersIn(facts: readonly Fact[]): Deciding[] {
  return facts.filter(isAnswer)
}

export const isAnswer = (fact: Fact): fact is Fact & Deciding =>
  (fact.type === 'plimsoll.reservation.made' || fact.type === 'plimsoll.reservation.refused') &&
  fact.data.request !== undefined
