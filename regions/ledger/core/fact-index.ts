/**
 * Every fact the ledger has seen, by 64-bit key, with 32 bits of its content: an open-addressing table of integers
 * (12 bytes an entry), because a Set of strings would cost ten times that at tens of millions of facts.
 */
export class FactIndex {
  #hi: Uint32Array
  #lo: Uint32Array
  #content: Uint32Array
  #size = 0

  constructor(capacity = 1 << 16) {
    this.#hi = new Uint32Array(capacity)
    this.#lo = new Uint32Array(capacity)
    this.#content = new Uint32Array(capacity)
  }

  get size(): number {
    return this.#size
  }

  /** The content stored under the key, or -1. (0, 0) is the empty mark; a key that hashes to it is taken as (0, 1). */
  find(hi: number, lo: number): number {
    if (hi === 0 && lo === 0) lo = 1
    const mask = this.#hi.length - 1
    for (let at = slotOf(hi, lo) & mask; ; at = (at + 1) & mask) {
      if (this.#hi[at] === hi && this.#lo[at] === lo) return this.#content[at]!
      if (this.#hi[at] === 0 && this.#lo[at] === 0) return -1
    }
  }

  /** Stores a key that `find` did not know. */
  add(hi: number, lo: number, content: number): void {
    if (hi === 0 && lo === 0) lo = 1
    if ((this.#size + 1) * 2 > this.#hi.length) this.#grow()
    this.#put(hi, lo, content)
    this.#size++
  }

  #put(hi: number, lo: number, content: number): void {
    const mask = this.#hi.length - 1
    let at = slotOf(hi, lo) & mask
    while (this.#hi[at] !== 0 || this.#lo[at] !== 0) at = (at + 1) & mask
    this.#hi[at] = hi
    this.#lo[at] = lo
    this.#content[at] = content
  }

  #grow(): void {
    const [hi, lo, content] = [this.#hi, this.#lo, this.#content]
    this.#hi = new Uint32Array(hi.length * 2)
    this.#lo = new Uint32Array(hi.length * 2)
    this.#content = new Uint32Array(hi.length * 2)
    for (let i = 0; i < hi.length; i++) if (hi[i] !== 0 || lo[i] !== 0) this.#put(hi[i]!, lo[i]!, content[i]!)
  }
}

const slotOf = (hi: number, lo: number): number => (hi ^ Math.imul(lo, 0x9e3779b1)) >>> 0
