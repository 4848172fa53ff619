import type { Instant } from '../../../shared/kernel/clock.ts'
import { floats, ints } from './columns.ts'
import { compareCounts, type Count, isAfter } from './count-order.ts'
import { CountTable } from './count-table.ts'
import { type Delta, DeltaHistory } from './delta-history.ts'
import { DirtyPages } from './dirty-pages.ts'
import { Interning } from './interning.ts'
import { type Counted, RivalCounts } from './rival-counts.ts'

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

/** A position as a checkpoint keeps it. */
export type PositionRow = {
  sku: number
  node: number
  lot: number
  asOf: Instant
  inTransit: number
  /** In the order of PHYSICAL_STATES, as are the rows of `counts` that they stand on; -1 for none. */
  readonly values: number[]
  readonly countRows: number[]
}

const NONE = -1

/** Positions that a checkpoint writes together. */
export const PAGE_SLOTS = 32

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
  readonly #counted = { onHand: ints(NONE), damaged: ints(NONE), quarantined: ints(NONE) }
  readonly #columns = [
    this.#skus,
    this.#nodes,
    this.#lots,
    this.#nextOfSku,
    this.#asOf,
    this.#inTransit,
    ...Object.values(this.#values),
    ...Object.values(this.#counted),
  ]
  readonly counts: CountTable
  readonly history: DeltaHistory
  readonly rivals = new RivalCounts()
  #size = 0
  readonly dirty = new DirtyPages(PAGE_SLOTS)

  constructor(history = new DeltaHistory(), sources = new Interning()) {
    this.history = history
    this.counts = new CountTable(sources)
  }

  get size(): number {
    return this.#size
  }

  /** The slot of a position, made when it is new. `lot` -1 is "no lot". */
  slotOf(sku: number, node: number, lot: number): number {
    const found = this.find(sku, node, lot)
    return found === NONE ? this.#append(sku, node, lot) : found
  }

  #append(sku: number, node: number, lot: number): number {
    const slot = this.#size++
    for (const column of this.#columns) column.ensure(this.#size)
    this.#firstOfSku.ensure(sku + 1)
    this.#skus.values[slot] = sku
    this.#nodes.values[slot] = node
    this.#lots.values[slot] = lot
    this.#nextOfSku.values[slot] = this.#firstOfSku.values[sku]!
    this.#firstOfSku.values[sku] = slot
    this.dirty.mark(slot)
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
    for (let slot = this.firstOf(sku); slot !== NONE; slot = this.nextOf(slot)) yield slot
  }

  /** Walking a sku's slots without a generator, where it is done for thousands of skus at once; -1 ends it. */
  firstOf = (sku: number): number => (sku < 0 ? NONE : (this.#firstOfSku.values[sku] ?? NONE))
  nextOf = (slot: number): number => this.#nextOfSku.values[slot]!

  skuOf = (slot: number): number => this.#skus.values[slot]!
  nodeOf = (slot: number): number => this.#nodes.values[slot]!
  lotOf = (slot: number): number => this.#lots.values[slot]!
  asOf = (slot: number): Instant => this.#asOf.values[slot]!
  inTransit = (slot: number): number => this.#inTransit.values[slot]!
  value = (slot: number, state: PhysicalState): number => this.#values[state].values[slot]!

  /** The count that a state stands on. */
  countOf(slot: number, state: PhysicalState): Count | undefined {
    const row = this.#counted[state].values[slot]!
    return row === NONE ? undefined : this.counts.get(row)
  }

  applyDelta(slot: number, delta: Delta): void {
    for (const state of PHYSICAL_STATES) {
      if (delta[state] === 0) continue
      const row = this.#counted[state].values[slot]!
      if (row === NONE || this.counts.isBefore(row, delta)) this.#values[state].values[slot]! += delta[state]
    }
    this.history.add(slot, delta)
    this.#touch(slot, delta.time)
  }

  /**
   * Rebases the states that the count names, as of its moment. A count that is older than the one a state stands on,
   * or than the history covers, leaves the state alone: it is an observation. Returns what was compared.
   */
  applyCount(slot: number, count: Count, states: CountedStates): CountComparison[] {
    const compared = this.compare(slot, count, states)
    let row = NONE
    for (const state of PHYSICAL_STATES) {
      const quantity = states[state]
      if (quantity === undefined || count.asOf < this.history.coversSince(slot)) continue
      const chosen = this.#choose(slot, state, { count, quantity })
      if (chosen === null) continue
      if (chosen.count === count) row = row === NONE ? this.counts.add(count) : row
      this.#values[state].values[slot] = chosen.quantity + this.#sumAfter(slot, state, chosen.count)
      this.#standOn(slot, state, chosen.count === count ? row : this.counts.add(chosen.count))
    }
    this.#touch(slot, count.asOf)
    return compared
  }

  #choose(slot: number, state: PhysicalState, candidate: Counted): Counted | null {
    const standing = this.countOf(slot, state)
    if (standing === undefined) return candidate
    const quantity = (): number => this.value(slot, state) - this.#sumAfter(slot, state, standing)
    return this.rivals.choose(RivalCounts.keyOf(slot, state), standing, quantity, candidate)
  }

  /** What the ledger held as of the count's moment, beside the count. Changes nothing. */
  compare(slot: number, count: Count, states: CountedStates): CountComparison[] {
    const compared: CountComparison[] = []
    for (const state of PHYSICAL_STATES) {
      const counted = states[state]
      if (counted === undefined) continue
      const standing = this.countOf(slot, state)
      const isKnown =
        standing !== undefined ? compareCounts(count, standing) > 0 : this.#asOf.values[slot] !== 0
      const ledger = isKnown ? this.value(slot, state) - this.#sumAfter(slot, state, count) : null
      compared.push({ slot, state, counted, ledger })
    }
    return compared
  }

  addInTransit(slot: number, quantity: number, time: Instant): void {
    this.#inTransit.values[slot]! += quantity
    this.#touch(slot, time)
  }

  /** The row of `counts` that a state stands on; -1 for none. */
  countRowOf = (slot: number, state: PhysicalState): number => this.#counted[state].values[slot]!

  /** Makes room in one go: growing step by step would write the columns of millions several times. */
  reserve(slots: number): void {
    for (const column of this.#columns) column.ensure(slots)
    this.counts.reserve(slots)
  }

  /** Puts the next position back as a checkpoint kept it; they come in the order of their slots. */
  restore(row: PositionRow): void {
    const slot = this.#append(row.sku, row.node, row.lot)
    this.#asOf.values[slot] = row.asOf
    this.#inTransit.values[slot] = row.inTransit
    for (let i = 0; i < PHYSICAL_STATES.length; i++) {
      const state = PHYSICAL_STATES[i]!
      this.#values[state].values[slot] = row.values[i]!
      if (row.countRows[i] !== NONE) this.#standOn(slot, state, row.countRows[i]!)
    }
  }

  #standOn(slot: number, state: PhysicalState, row: number): void {
    const before = this.#counted[state].values[slot]!
    this.counts.use(row)
    this.#counted[state].values[slot] = row
    if (before !== NONE) this.counts.release(before)
  }

  #sumAfter(slot: number, state: PhysicalState, count: Count): number {
    let sum = 0
    for (const delta of this.history.of(slot)) if (isAfter(delta, count)) sum += delta[state]
    return sum
  }

  #touch(slot: number, time: Instant): void {
    if (time > this.#asOf.values[slot]!) this.#asOf.values[slot] = time
    this.dirty.mark(slot)
  }
}
