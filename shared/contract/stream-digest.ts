import * as z from 'zod'
import type { Fact } from './events.ts'
import { FACT_KEY_WORDS, writeFactKey } from './fact-key.ts'

/** How many facts a stream had up to one of its sequences, and a digest of them: whoever took the same says the same. */
export const StreamDigest = z.object({
  /** Where it was begun: what came up to there is in neither. */
  from: z.number().int(),
  sequence: z.number().int(),
  count: z.number().int(),
  sum: z.string().regex(/^[0-9a-f]{16}$/),
})
export type StreamDigest = z.infer<typeof StreamDigest>

/** A sum over facts, in whatever order they come: by (source, id) and by content. */
export class RunningDigest {
  readonly #sum = new Uint32Array(2)
  readonly #from: number
  #sequence: number
  #count = 0

  constructor(from: number) {
    this.#from = from
    this.#sequence = from
  }

  static resumed({ from, sequence, count, sum }: StreamDigest): RunningDigest {
    const digest = new RunningDigest(from)
    digest.#sequence = sequence
    digest.#count = count
    digest.#sum.set(halvesOf(sum))
    return digest
  }

  get sequence(): number {
    return this.#sequence
  }

  /** The facts of one message, by their keys. What has none (who leads) is left out. */
  add(sequence: number, keys: Uint32Array): void {
    this.#sequence = sequence
    for (let at = 0; at < keys.length; at += FACT_KEY_WORDS) {
      if (keys[at] === 0 && keys[at + 1] === 0) continue
      this.#count++
      this.#sum[0]! += keys[at]! ^ keys[at + 4]!
      this.#sum[1]! += keys[at + 1]!
    }
  }

  addFacts(sequence: number, facts: readonly Fact[]): void {
    const keys = new Uint32Array(facts.length * FACT_KEY_WORDS)
    facts.forEach((fact, i) => {
      if (fact.type !== 'plimsoll.leader.elected') writeFactKey(fact, keys, i * FACT_KEY_WORDS)
    })
    this.add(sequence, keys)
  }

  told(): StreamDigest {
    return { from: this.#from, sequence: this.#sequence, count: this.#count, sum: sumText(this.#sum) }
  }
}

/** What came behind an earlier digest of the same beginning. */
export function digestSince(until: StreamDigest, before: StreamDigest): StreamDigest {
  const sum = halvesOf(until.sum)
  halvesOf(before.sum).forEach((half, i) => void (sum[i]! -= half))
  const { sequence, count } = until
  return { from: before.sequence, sequence, count: count - before.count, sum: sumText(sum) }
}

/** An earlier digest, and what came behind it. */
export function digestBehind(before: StreamDigest, since: StreamDigest): StreamDigest {
  const sum = halvesOf(before.sum)
  halvesOf(since.sum).forEach((half, i) => void (sum[i]! += half))
  const { from, count } = before
  return { from, sequence: since.sequence, count: count + since.count, sum: sumText(sum) }
}

const halvesOf = (sum: string): Uint32Array =>
  Uint32Array.of(Number.parseInt(sum.slice(0, 8), 16), Number.parseInt(sum.slice(8), 16))

const sumText = (halves: Uint32Array): string =>
  [...halves].map((half) => half.toString(16).padStart(8, '0')).join('')
