/**
 * Every fact the ledger has seen, by 64-bit key, with 32 bits of its content: an open-addressing table of integers
 * (12 bytes an entry), because a Set of strings would cost ten times that at tens of millions of facts.
 */
export class FactIndex {
  /** ENTRY_WORDS neighbours an entry, so that looking one up touches one line of memory. */
  #words: Uint32Array
  #mask: number
  #size = 0

  constructor(capacity = 1 << 16) {
    this.#words = new Uint32Array(capacity * ENTRY_WORDS)
    this.#mask = capacity - 1
  }

  get size(): number {
    return this.#size
  }

  /** The content stored under the key, or -1. (0, 0) is the empty mark; a key that hashes to it is taken as (0, 1). */
  find(hi: number, lo: number): number {
    if (hi === 0 && lo === 0) lo = 1
    const words = this.#words
    for (let slot = slotOf(hi, lo) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * ENTRY_WORDS
      if (words[at] === hi && words[at + 1] === lo) return words[at + 2]!
      if (words[at] === 0 && words[at + 1] === 0) return -1
    }
  }

  /** Stores a key that `find` did not know. */
  add(hi: number, lo: number, content: number): void {
    if (hi === 0 && lo === 0) lo = 1
    if ((this.#size + 1) * 2 > this.#mask) this.#grow()
    this.#put(hi, lo, content)
    this.#size++
  }

  #put(hi: number, lo: number, content: number): void {
    const words = this.#words
    let slot = slotOf(hi, lo) & this.#mask
    while (words[slot * ENTRY_WORDS] !== 0 || words[slot * ENTRY_WORDS + 1] !== 0)
      slot = (slot + 1) & this.#mask
    const at = slot * ENTRY_WORDS
    words[at] = hi
    words[at + 1] = lo
    words[at + 2] = content
  }

  #grow(): void {
    const before = this.#words
    this.#words = new Uint32Array(before.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let at = 0; at < before.length; at += ENTRY_WORDS)
      if (before[at] !== 0 || before[at + 1] !== 0) this.#put(before[at]!, before[at + 1]!, before[at + 2]!)
  }
}

const ENTRY_WORDS = 3

const slotOf = (hi: number, lo: number): number => (hi ^ Math.imul(lo, 0x9e3779b1)) >>> 0
