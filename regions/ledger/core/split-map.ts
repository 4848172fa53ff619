/** 256 parts: each of a million entries' is written anew in a millisecond when it grows. */
const PART_SHIFT = 24
/** What tells keys apart stands at their end. */
const CHARACTERS = 4

/**
 * A map by text, in parts that grow one by one: a single map of some hundred thousand entries takes a tenth of a second to grow,
 * and whoever asks something waits. Its order is no order.
 */
export class SplitMap<V extends object> {
  readonly #parts: (Map<string, V> | undefined)[] = []
  /** Who works on an entry asks for it several times in a row, and each time what it says lies somewhere else in memory. */
  #lastKey: string | null = null
  #last: V | undefined = undefined

  get(key: string): V | undefined {
    if (key !== this.#lastKey) {
      this.#last = this.#parts[partOf(key)]?.get(key)
      this.#lastKey = key
    }
    return this.#last
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  set(key: string, value: V): void {
    ;(this.#parts[partOf(key)] ??= new Map()).set(key, value)
    this.#lastKey = key
    this.#last = value
  }

  delete(key: string): void {
    this.#parts[partOf(key)]?.delete(key)
    this.#lastKey = null
    this.#last = undefined
  }

  *keys(): Generator<string> {
    for (const part of this.#parts) if (part) yield* part.keys()
  }

  *values(): Generator<V> {
    for (const part of this.#parts) if (part) yield* part.values()
  }
}

function partOf(key: string): number {
  let hash = 0
  for (let at = Math.max(0, key.length - CHARACTERS); at < key.length; at++)
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x9e3779b1)
  return hash >>> PART_SHIFT
}
