import type { CountedIn, KnownItems } from '../../shared/domain/master-check.ts'
import type { Item } from '../../shared/domain/master-data.ts'

/**
 * Items as they will be when all that was accepted is folded. Two kits that come at the same time, each made of the other,
 * are right one by one: the second has to be held against the first before the ledger knows it.
 */
export class ItemsUnderWay implements KnownItems {
  readonly #folded: KnownItems
  /** What is on its way of each sku, oldest first. */
  readonly #coming = new Map<string, Item[]>()
  /** By component, the kits that are on their way with it, in one of their versions. */
  readonly #kitsComing = new Map<string, Set<string>>()

  readonly countedIn: (sku: string) => CountedIn | undefined

  constructor(folded: KnownItems, countedIn: (sku: string) => CountedIn | undefined) {
    this.#folded = folded
    this.countedIn = countedIn
  }

  /** Until the function it gives is called. */
  begin(sku: string, item: Item): () => void {
    const coming = this.#coming.get(sku) ?? []
    coming.push(item)
    this.#coming.set(sku, coming)
    for (const component of item.kit ?? []) {
      const kits = this.#kitsComing.get(component.sku)
      if (kits) kits.add(sku)
      else this.#kitsComing.set(component.sku, new Set([sku]))
    }
    return () => this.#end(sku, item)
  }

  #end(sku: string, item: Item): void {
    const coming = this.#coming.get(sku)!
    coming.splice(coming.indexOf(item), 1)
    if (coming.length === 0) this.#coming.delete(sku)
    for (const component of item.kit ?? []) {
      if (coming.some((it) => it.kit?.some((part) => part.sku === component.sku))) continue
      const kits = this.#kitsComing.get(component.sku)
      if (kits?.delete(sku) && kits.size === 0) this.#kitsComing.delete(component.sku)
    }
  }

  readonly item = (sku: string): Item | undefined => this.#coming.get(sku)?.at(-1) ?? this.#folded.item(sku)

  readonly kitsWith = (sku: string): Iterable<string> => {
    if (this.#coming.size === 0) return this.#folded.kitsWith(sku)
    const kits = [...this.#folded.kitsWith(sku)].filter((kit) => !this.#coming.has(kit))
    for (const kit of this.#kitsComing.get(sku) ?? [])
      if (
        this.#coming
          .get(kit)!
          .at(-1)!
          .kit?.some((part) => part.sku === sku)
      )
        kits.push(kit)
    return kits
  }
}
