import type { Instant } from '../../../shared/kernel/clock.ts'

/** Goods announced for a node under one reference (a transfer, a purchase order), and what came of them. */
export type Supply = {
  readonly ref: string
  readonly sku: number
  readonly node: number
  /** Left another node for this one. */
  shipped: number
  /** Arrived under this reference: by transfer, and by receipt. */
  received: number
  receipts: number
  expected: {
    readonly quantity: number
    readonly expectedAt: Instant
    readonly rank: readonly [Instant, string, string]
  } | null
  /** When goods that left another node are due here; the latest day that was said. */
  dueAt: Instant | null
  /** When the hub first heard of it. */
  firstHeardAt: Instant
}

/** On the way here: never negative, although a receipt may be heard of before its shipment. */
export const inTransitOf = ({ shipped, received, receipts }: Supply): number =>
  Math.max(0, shipped - received - receipts)

/** All announced supply of a region, by reference, sku and node. */
export class SupplyBook {
  readonly #supplies = new Map<string, Supply>()
  readonly #bySku = new Map<number, Supply[]>()
  /** Of which one end only was heard: on their way, or arrived beyond what left. */
  readonly oneSided = new Set<Supply>()
  /** Changed since the last checkpoint. */
  readonly dirty = new Set<Supply>()

  /** Applies a change and answers by how much the goods in transit to the node grew or fell. */
  change(at: SupplyKey, heardAt: Instant, mutate: (supply: Supply) => void): number {
    const supply = this.#supplyOf(at, heardAt)
    const before = inTransitOf(supply)
    mutate(supply)
    this.#noteSides(supply)
    this.dirty.add(supply)
    return inTransitOf(supply) - before
  }

  ofSku(sku: number): readonly Supply[] {
    return this.#bySku.get(sku) ?? []
  }

  all(): Iterable<Supply> {
    return this.#supplies.values()
  }

  restore(supply: Supply): void {
    this.#supplies.set(keyOf(supply), supply)
    this.#noteSides(supply)
    const siblings = this.#bySku.get(supply.sku)
    if (siblings) siblings.push(supply)
    else this.#bySku.set(supply.sku, [supply])
  }

  #noteSides(supply: Supply): void {
    const { shipped, received } = supply
    if (inTransitOf(supply) > 0 || received > shipped) this.oneSided.add(supply)
    else this.oneSided.delete(supply)
  }

  #supplyOf(at: SupplyKey, firstHeardAt: Instant): Supply {
    const known = this.#supplies.get(keyOf(at))
    if (known) return known
    const made: Supply = {
      ...at,
      shipped: 0,
      received: 0,
      receipts: 0,
      expected: null,
      dueAt: null,
      firstHeardAt,
    }
    this.restore(made)
    return made
  }
}

export type SupplyKey = { readonly ref: string; readonly sku: number; readonly node: number }

const keyOf = ({ ref, sku, node }: SupplyKey): string => `${ref}\n${sku}\n${node}`
