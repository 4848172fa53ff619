/** A map that nearly always has one entry, without a table for it: a map of its own would be a seventh of what a hold takes. */
export class FewMap<K extends object, V> {
  #first: K | null = null
  #value: V | null = null
  #others: Map<K, V> | null = null

  get size(): number {
    return (this.#first === null ? 0 : 1) + (this.#others?.size ?? 0)
  }

  get first(): K | null {
    return this.#first ?? this.#others?.keys().next().value ?? null
  }

  get(key: K): V | undefined {
    return key === this.#first ? this.#value! : this.#others?.get(key)
  }

  has(key: K): boolean {
    return this.get(key) !== undefined
  }

  set(key: K, value: V): void {
    const isFirst = this.#first === null ? !this.#others?.has(key) : this.#first === key
    if (isFirst) [this.#first, this.#value] = [key, value]
    else (this.#others ??= new Map()).set(key, value)
  }

  delete(key: K): void {
    if (key === this.#first) this.#first = this.#value = null
    else this.#others?.delete(key)
  }

  keys(): readonly K[] {
    return [...this].map(([key]) => key)
  }

  *[Symbol.iterator](): Generator<readonly [K, V]> {
    if (this.#first !== null) yield [this.#first, this.#value!]
    if (this.#others) yield* this.#others
  }
}
