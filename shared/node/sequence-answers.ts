import { Unavailable } from './unavailable.ts'

/** More than can be answered between a publish and the broker's answer to it. */
const EARLY_MAX = 10_000

/**
 * Who published a message waits for what became of it, by its stream sequence. The answer may be there before the
 * broker has told the publisher that sequence: so answers nobody waits for yet are kept for a while.
 */
export class SequenceAnswers<T> {
  readonly #waiting = new Map<number, (answer: T) => void>()
  readonly #early = new Map<number, T>()

  async waitFor(sequence: number, withinMs: number): Promise<T> {
    const early = this.#early.get(sequence)
    if (early !== undefined) {
      this.#early.delete(sequence)
      return early
    }
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#waiting.set(sequence, resolve)
    const timer = setTimeout(
      () =>
        reject(
          new Unavailable(
            `message ${sequence} was not taken within ${withinMs} ms; send it again, it will not count twice`,
          ),
        ),
      withinMs,
    )
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(sequence)
    }
  }

  answer(sequence: number, answer: T): void {
    const waiting = this.#waiting.get(sequence)
    if (waiting) return waiting(answer)
    this.#early.set(sequence, answer)
    if (this.#early.size > EARLY_MAX) this.#early.delete(this.#early.keys().next().value!)
  }
}
