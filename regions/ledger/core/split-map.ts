/** So many parts that each of a million entries' is small: it is written anew in a millisecond when it grows. */
const PARTS = 256
const PART_SHIFT = 24
/** What tells keys apart stands at their end. */
const CHARACTERS = 4

/**
 * A map by text, in parts that grow one by one: a single map of some hundred thousand entries takes a tenth of a second to grow,
 * and whoever asks something waits. Its order is no order.
 */
export class SplitMap<V> {
  readonly #parts: readonly Map<string, V>[] = Array.from({ length: PARTS }, () => new Map<string, V>())

  get(key: string): V | undefined {
    return this.#partOf(key).get(key)
  }

  has(key: string): boolean {
    return this.#partOf(key).has(key)
  }

  set(key: string, value: V): void {
    this.#partOf(key).set(key, value)
  }

  delete(key: string): void {
    this.#partOf(key).delete(key)
  }

  *keys(): Generator<string> {
    for (const part of this.#parts) yield* part.keys()
  }

  *values(): Generator<V> {
    for (const part of this.#parts) yield* part.values()
  }

  #partOf(key: string): Map<string, V> {
    let hash = 0
    for (let at = Math.max(0, key.length - CHARACTERS); at < key.length; at++)
      hash = Math.imul(hash ^ key.charCodeAt(at), 0x9e3779b1)
    return this.#parts[hash >>> PART_SHIFT]!
  }
}
