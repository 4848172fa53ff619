import type { Instant } from '../../../shared/kernel/clock.ts'

/** Goods announced for a node under one reference (a transfer, a purchase order), and what came of them. */
export type Supply = {
  readonly ref: string
  readonly sku: number
  readonly node: number
  /** Left another node for this one. */
  shipped: number
  /** Arrived under this reference, by transfer or by receipt. */
  received: number
  expected: {
    readonly quantity: number
    readonly expectedAt: Instant
    readonly rank: readonly [Instant, string, string]
  } | null
}

/** On the way here: never negative, although a receipt may be heard of before its shipment. */
export const inTransitOf = (supply: Supply): number => Math.max(0, supply.shipped - supply.received)

/** All announced supply of a region, by reference, sku and node. */
export class SupplyBook {
  readonly #supplies = new Map<string, Supply>()
  readonly #bySku = new Map<number, Supply[]>()
  /** Changed since the last checkpoint. */
  readonly dirty = new Set<Supply>()

  /** Applies a change and answers by how much the goods in transit to the node grew or fell. */
  change(ref: string, sku: number, node: number, mutate: (supply: Supply) => void): number {
    const supply = this.#supplyOf(ref, sku, node)
    const before = inTransitOf(supply)
    mutate(supply)
    this.dirty.add(supply)
    return inTransitOf(supply) - before
  }

  ofSku(sku: number): readonly Supply[] {
    return this.#bySku.get(sku) ?? []
  }

  restore(supply: Supply): void {
    this.#supplies.set(keyOf(supply.ref, supply.sku, supply.node), supply)
    const siblings = this.#bySku.get(supply.sku)
    if (siblings) siblings.push(supply)
    else this.#bySku.set(supply.sku, [supply])
  }

  #supplyOf(ref: string, sku: number, node: number): Supply {
    const known = this.#supplies.get(keyOf(ref, sku, node))
    if (known) return known
    const made: Supply = { ref, sku, node, shipped: 0, received: 0, expected: null }
    this.restore(made)
    return made
  }
}

const keyOf = (ref: string, sku: number, node: number): string => `${ref}\n${sku}\n${node}`
