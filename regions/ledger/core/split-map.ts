/** 256 parts: each of a million entries' is written anew in a millisecond when it grows. */
const PART_SHIFT = 24
/** What tells keys apart stands at their end. */
const CHARACTERS = 4

/**
 * A map by text, in parts that grow one by one: a single map of some hundred thousand entries takes a tenth of a second to grow,
 * and whoever asks something waits. Its order is no order.
 */
export class SplitMap<V> {
  readonly #parts: (Map<string, V> | undefined)[] = []

  get(key: string): V | undefined {
    return this.#parts[partOf(key)]?.get(key)
  }

  has(key: string): boolean {
    return this.#parts[partOf(key)]?.has(key) ?? false
  }

  set(key: string, value: V): void {
    ;(this.#parts[partOf(key)] ??= new Map()).set(key, value)
  }

  delete(key: string): void {
    this.#parts[partOf(key)]?.delete(key)
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
