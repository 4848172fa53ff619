import type { Instant } from '../../../shared/kernel/clock.ts'
import { floats, ints } from './columns.ts'
import { compareCounts, type Count, isAfter } from './count-order.ts'
import { type Delta, DeltaHistory } from './delta-history.ts'

export const PHYSICAL_STATES = ['onHand', 'damaged', 'quarantined'] as const
export type PhysicalState = (typeof PHYSICAL_STATES)[number]

export type CountedStates = { readonly [S in PhysicalState]?: number | undefined }

/** What a count said beside what the ledger held as of the same moment. */
export type CountComparison = {
  readonly slot: number
  readonly state: PhysicalState
  readonly counted: number
  readonly ledger: number | null
}

const NONE = -1

/**
 * The positions of a region: a row per (sku, node, lot), as columns, because a region has millions of them.
 * A state's value is the last count plus every delta after it; without a count it is the sum of all deltas.
 */
export class Positions {
  readonly #skus = ints()
  readonly #nodes = ints()
  readonly #lots = ints(NONE)
  readonly #nextOfSku = ints(NONE)
  readonly #firstOfSku = ints(NONE)
  readonly #asOf = floats()
  readonly #inTransit = floats()
  readonly #values = { onHand: floats(), damaged: floats(), quarantined: floats() }
  readonly #counts: Record<PhysicalState, (Count | undefined)[]> = {
    onHand: [],
    damaged: [],
    quarantined: [],
  }
  readonly history: DeltaHistory
  #size = 0
  /** Slots changed since the last checkpoint. */
  readonly dirty = new Set<number>()

  constructor(history = new DeltaHistory()) {
    this.history = history
  }

  get size(): number {
    return this.#size
  }

  /** The slot of a position, made when it is new. `lot` -1 is "no lot". */
  slotOf(sku: number, node: number, lot: number): number {
    const found = this.find(sku, node, lot)
    if (found !== NONE) return found
    const slot = this.#size++
    for (const column of [
      this.#skus,
      this.#nodes,
      this.#lots,
      this.#nextOfSku,
      this.#asOf,
      this.#inTransit,
      ...Object.values(this.#values),
    ])
      column.ensure(this.#size)
    this.#firstOfSku.ensure(sku + 1)
    this.#skus.values[slot] = sku
    this.#nodes.values[slot] = node
    this.#lots.values[slot] = lot
    this.#nextOfSku.values[slot] = this.#firstOfSku.values[sku]!
    this.#firstOfSku.values[sku] = slot
    this.dirty.add(slot)
    return slot
  }

  find(sku: number, node: number, lot: number): number {
    if (sku < 0) return NONE
    let slot = this.#firstOfSku.values[sku] ?? NONE
    while (slot !== NONE && (this.#nodes.values[slot] !== node || this.#lots.values[slot] !== lot))
      slot = this.#nextOfSku.values[slot]!
    return slot
  }

  *ofSku(sku: number): Generator<number> {
    if (sku < 0) return
    for (let slot = this.#firstOfSku.values[sku] ?? NONE; slot !== NONE; slot = this.#nextOfSku.values[slot]!)
      yield slot
  }

  skuOf = (slot: number): number => this.#skus.values[slot]!
  nodeOf = (slot: number): number => this.#nodes.values[slot]!
  lotOf = (slot: number): number => this.#lots.values[slot]!
  asOf = (slot: number): Instant => this.#asOf.values[slot]!
  inTransit = (slot: number): number => this.#inTransit.values[slot]!
  value = (slot: number, state: PhysicalState): number => this.#values[state].values[slot]!
  countOf = (slot: number, state: PhysicalState): Count | undefined => this.#counts[state][slot]

  applyDelta(slot: number, delta: Delta): void {
    for (const state of PHYSICAL_STATES) {
      const count = this.#counts[state][slot]
      if (delta[state] !== 0 && (count === undefined || isAfter(delta, count)))
        this.#values[state].values[slot]! += delta[state]
    }
    this.history.add(slot, delta)
    this.#touch(slot, delta.time)
  }

  /**
   * Rebases the states that the count names, as of its moment. A count that is older than the one a state stands on,
   * or than the history covers, leaves the state alone: it is an observation. Returns what was compared.
   */
  applyCount(
    slot: number,
    count: Count,
    states: CountedStates,
  ): { readonly rebased: boolean; readonly compared: CountComparison[] } {
    const compared = this.compare(slot, count, states)
    let rebased = false
    for (const state of PHYSICAL_STATES) {
      const counted = states[state]
      const standing = this.#counts[state][slot]
      if (counted === undefined || count.asOf < this.history.coversSince(slot)) continue
      if (standing !== undefined && compareCounts(count, standing) <= 0) continue
      this.#values[state].values[slot] = counted + this.#sumAfter(slot, state, count)
      this.#counts[state][slot] = count
      rebased = true
    }
    this.#touch(slot, count.asOf)
    return { rebased, compared }
  }

  /** What the ledger held as of the count's moment, beside the count. Changes nothing. */
  compare(slot: number, count: Count, states: CountedStates): CountComparison[] {
    return PHYSICAL_STATES.flatMap((state) => {
      const counted = states[state]
      if (counted === undefined) return []
      const standing = this.#counts[state][slot]
      const isKnown =
        standing !== undefined ? compareCounts(count, standing) > 0 : this.#asOf.values[slot] !== 0
      const ledger = isKnown ? this.value(slot, state) - this.#sumAfter(slot, state, count) : null
      return [{ slot, state, counted, ledger }]
    })
  }

  addInTransit(slot: number, quantity: number, time: Instant): void {
    this.#inTransit.values[slot]! += quantity
    this.#touch(slot, time)
  }

  /** Puts a row back as a checkpoint kept it. */
  restore(
    slot: number,
    row: {
      values: Record<PhysicalState, number>
      counts: Partial<Record<PhysicalState, Count>>
      asOf: Instant
    },
  ): void {
    for (const state of PHYSICAL_STATES) {
      this.#values[state].values[slot] = row.values[state]
      this.#counts[state][slot] = row.counts[state]
    }
    this.#asOf.values[slot] = row.asOf
  }

  #sumAfter(slot: number, state: PhysicalState, count: Count): number {
    let sum = 0
    for (const delta of this.history.of(slot)) if (isAfter(delta, count)) sum += delta[state]
    return sum
  }

  #touch(slot: number, time: Instant): void {
    if (time > this.#asOf.values[slot]!) this.#asOf.values[slot] = time
    this.dirty.add(slot)
  }
}
