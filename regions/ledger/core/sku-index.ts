/** Skus by a key that nearly always has one: a million sets of one sku each would be a quarter of a gigabyte. */
export class SkuIndex {
  readonly #skus = new Map<string, string | Set<string>>()

  of(key: string): Iterable<string> {
    const known = this.#skus.get(key)
    return known === undefined ? [] : typeof known === 'string' ? [known] : known
  }

  add(key: string, sku: string): void {
    const known = this.#skus.get(key)
    if (known === undefined) this.#skus.set(key, sku)
    else if (typeof known !== 'string') known.add(sku)
    else if (known !== sku) this.#skus.set(key, new Set([known, sku]))
  }

  drop(key: string, sku: string): void {
    const known = this.#skus.get(key)
    if (known === sku) this.#skus.delete(key)
    if (known === undefined || typeof known === 'string') return
    known.delete(sku)
    if (known.size === 0) this.#skus.delete(key)
  }
}
