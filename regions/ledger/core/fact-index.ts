/**
 * Every fact the ledger has seen, by 64-bit key, with 32 bits of its content: open addressing over integers (12 bytes an
 * entry), because a Set of strings would cost ten times that at tens of millions of facts. It is made of SEGMENTS small
 * tables that grow one by one, so that growing never stops the ledger for long, nor holds everything twice.
 */
export class FactIndex {
  readonly #segments: Uint32Array[] = Array.from({ length: SEGMENTS }, () => EMPTY)
  readonly #masks = new Uint32Array(SEGMENTS)
  readonly #sizes = new Uint32Array(SEGMENTS)

  /** The content stored under the key, or -1. (0, 0) is the empty mark; a key that hashes to it is taken as (0, 1). */
  find(hi: number, lo: number): number {
    if (hi === 0 && lo === 0) lo = 1
    const segment = hi >>> SEGMENT_SHIFT
    const words = this.#segments[segment]!
    const mask = this.#masks[segment]!
    for (let slot = slotOf(hi, lo) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * ENTRY_WORDS
      if (words[at] === hi && words[at + 1] === lo) return words[at + 2]!
      if (words[at] === 0 && words[at + 1] === 0) return -1
    }
  }

  /** Stores a key that `find` did not know. */
  add(hi: number, lo: number, content: number): void {
    if (hi === 0 && lo === 0) lo = 1
    const segment = hi >>> SEGMENT_SHIFT
    const size = ++this.#sizes[segment]!
    if (size * 4 > (this.#masks[segment]! + 1) * 3) this.#grow(segment)
    put(this.#segments[segment]!, this.#masks[segment]!, hi, lo, content)
  }

  /** Forgets a key. Those that stand behind it because its place was taken move up, so that they are still found. */
  remove(hi: number, lo: number): void {
    if (hi === 0 && lo === 0) lo = 1
    const segment = hi >>> SEGMENT_SHIFT
    const words = this.#segments[segment]!
    const mask = this.#masks[segment]!
    let free = slotOf(hi, lo) & mask
    for (; words[free * ENTRY_WORDS] !== hi || words[free * ENTRY_WORDS + 1] !== lo; free = (free + 1) & mask)
      if (isFree(words, free)) return
    for (let slot = (free + 1) & mask; !isFree(words, slot); slot = (slot + 1) & mask) {
      const at = slot * ENTRY_WORDS
      const own = slotOf(words[at]!, words[at + 1]!) & mask
      if (((slot - own) & mask) < ((slot - free) & mask)) continue
      words.copyWithin(free * ENTRY_WORDS, at, at + ENTRY_WORDS)
      free = slot
    }
    words.fill(0, free * ENTRY_WORDS, (free + 1) * ENTRY_WORDS)
    this.#sizes[segment]!--
  }

  /** Makes room for so many keys in one go, before the first. */
  reserve(keys: number): void {
    const capacity = 2 ** Math.ceil(Math.log2((keys * 4) / 3 / SEGMENTS))
    if (capacity <= CAPACITY_MIN) return
    for (let segment = 0; segment < SEGMENTS; segment++) {
      this.#segments[segment] = new Uint32Array(capacity * ENTRY_WORDS)
      this.#masks[segment] = capacity - 1
    }
  }

  #grow(segment: number): void {
    const before = this.#segments[segment]!
    const capacity = Math.max(CAPACITY_MIN, (this.#masks[segment]! + 1) * 2)
    const words = new Uint32Array(capacity * ENTRY_WORDS)
    for (let at = 0; at < before.length; at += ENTRY_WORDS)
      if (before[at] !== 0 || before[at + 1] !== 0)
        put(words, capacity - 1, before[at]!, before[at + 1]!, before[at + 2]!)
    this.#segments[segment] = words
    this.#masks[segment] = capacity - 1
  }
}

/** A segment of thirty million facts' keys is 1 MB, and writing it anew takes milliseconds. */
const SEGMENTS = 1024
const SEGMENT_SHIFT = 22
/** The entries of a segment, once it has one. A power of two. */
const CAPACITY_MIN = 16

/** Neighbours in memory, so that looking one up touches one line of it. */
const ENTRY_WORDS = 3
const EMPTY = new Uint32Array(ENTRY_WORDS)

const slotOf = (hi: number, lo: number): number => (hi ^ Math.imul(lo, 0x9e3779b1)) >>> 0

const isFree = (words: Uint32Array, slot: number): boolean =>
  words[slot * ENTRY_WORDS] === 0 && words[slot * ENTRY_WORDS + 1] === 0

function put(words: Uint32Array, mask: number, hi: number, lo: number, content: number): void {
  let slot = slotOf(hi, lo) & mask
  while (!isFree(words, slot)) slot = (slot + 1) & mask
  const at = slot * ENTRY_WORDS
  words[at] = hi
  words[at + 1] = lo
  words[at + 2] = content
}
