import { hash64Into } from '../../../shared/kernel/hash64.ts'
import { FactIndex } from './fact-index.ts'

const key = new Uint32Array(2)

/**
 * Orders that were let go after their end, by 64-bit key: all that is left of them is that they are over, so that a late word
 * about one is not taken for a new order.
 */
export class FinishedOrders {
  readonly #index = new FactIndex()
  /** Keys added since the last checkpoint, two words each. */
  readonly added: number[] = []
  #size = 0

  has(orderRef: string): boolean {
    if (this.#size === 0) return false
    hash64Into(orderRef, key)
    return this.#index.find(key[0]!, key[1]!) >= 0
  }

  add(orderRef: string): void {
    hash64Into(orderRef, key)
    this.#put(key[0]!, key[1]!)
    this.added.push(key[0]!, key[1]!)
  }

  restore(words: Uint32Array): void {
    for (let at = 0; at < words.length; at += 2) this.#put(words[at]!, words[at + 1]!)
  }

  #put(hi: number, lo: number): void {
    if (this.#index.find(hi, lo) >= 0) return
    this.#index.add(hi, lo, 0)
    this.#size++
  }
}
