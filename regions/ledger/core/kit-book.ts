/** So many of a component in one kit; the sku interned. */
export type Component = { readonly sku: number; readonly quantity: number }

const NO_COMPONENTS: readonly Component[] = []
const NO_KITS: ReadonlySet<number> = new Set()

/** Which items are put together from which, both ways round. */
export class KitBook {
  readonly #components = new Map<number, readonly Component[]>()
  readonly #kits = new Map<number, Set<number>>()

  put(kit: number, components: readonly Component[]): void {
    for (const { sku } of this.componentsOf(kit)) this.#kits.get(sku)?.delete(kit)
    if (components.length === 0) return void this.#components.delete(kit)
    this.#components.set(kit, components)
    for (const { sku } of components) {
      const kits = this.#kits.get(sku)
      if (kits) kits.add(kit)
      else this.#kits.set(sku, new Set([kit]))
    }
  }

  isSame(kit: number, components: readonly Component[]): boolean {
    const known = this.componentsOf(kit)
    return (
      known.length === components.length &&
      known.every(
        ({ sku, quantity }, i) => sku === components[i]!.sku && quantity === components[i]!.quantity,
      )
    )
  }

  componentsOf(kit: number): readonly Component[] {
    return this.#components.get(kit) ?? NO_COMPONENTS
  }

  /** The kits that a sku goes into. */
  kitsWith(component: number): ReadonlySet<number> {
    return this.#kits.get(component) ?? NO_KITS
  }

  /**
   * Adds to the skus all whose figures hang together with theirs: a kit's components share its demand, and every kit
   * with one of them sees that.
   */
  spread(skus: Set<number>): void {
    if (this.#components.size === 0) return
    // A set visits what is added to it while it is walked.
    for (const sku of skus) {
      for (const { sku: component } of this.componentsOf(sku)) skus.add(component)
      for (const kit of this.kitsWith(sku)) skus.add(kit)
    }
  }
}
