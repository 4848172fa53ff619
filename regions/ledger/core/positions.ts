import type { Instant } from '../../../shared/kernel/clock.ts'
import { ints } from './columns.ts'
import { compareCounts, type Count, isAfter } from './count-order.ts'
import { CountTable } from './count-table.ts'
import { type Delta, DeltaHistory } from './delta-history.ts'
import { DirtyPages } from './dirty-pages.ts'
import { Interning } from './interning.ts'
import { PositionRows } from './position-rows.ts'
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
 * The positions of a region: a row per (sku, node, lot), as plain numbers, because a region has millions of them.
 * A state's value is the last count plus every delta after it; without a count it is the sum of all deltas.
 */
export class Positions {
  readonly #rows = new PositionRows()
  readonly #firstOfSku = ints(NONE)
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
    this.#rows.ensure(this.#size)
    this.#firstOfSku.ensure(sku + 1)
    this.#rows.setLink(slot, 'sku', sku)
    this.#rows.setLink(slot, 'node', node)
    this.#rows.setLink(slot, 'lot', lot)
    this.#rows.setLink(slot, 'next', this.#firstOfSku.values[sku]!)
    this.#firstOfSku.values[sku] = slot
    this.dirty.mark(slot)
    return slot
  }

  find(sku: number, node: number, lot: number): number {
    if (sku < 0) return NONE
    let slot = this.#firstOfSku.values[sku] ?? NONE
    while (slot !== NONE && (this.nodeOf(slot) !== node || this.lotOf(slot) !== lot)) slot = this.nextOf(slot)
    return slot
  }

  *ofSku(sku: number): Generator<number> {
    for (let slot = this.firstOf(sku); slot !== NONE; slot = this.nextOf(slot)) yield slot
  }

  /** Walking a sku's slots without a generator, where it is done for thousands of skus at once; -1 ends it. */
  firstOf = (sku: number): number => (sku < 0 ? NONE : (this.#firstOfSku.values[sku] ?? NONE))
  nextOf = (slot: number): number => this.#rows.link(slot, 'next')

  skuOf = (slot: number): number => this.#rows.link(slot, 'sku')
  nodeOf = (slot: number): number => this.#rows.link(slot, 'node')
  lotOf = (slot: number): number => this.#rows.link(slot, 'lot')
  asOf = (slot: number): Instant => this.#rows.quantity(slot, 'asOf')
  inTransit = (slot: number): number => this.#rows.quantity(slot, 'inTransit')
  value = (slot: number, state: PhysicalState): number => this.#rows.quantity(slot, state)

  /** The count that a state stands on. */
  countOf(slot: number, state: PhysicalState): Count | undefined {
    const row = this.countRowOf(slot, state)
    return row === NONE ? undefined : this.counts.get(row)
  }

  applyDelta(slot: number, delta: Delta): void {
    if (delta.onHand !== 0) this.#shift(slot, 'onHand', delta.onHand, delta)
    if (delta.damaged !== 0) this.#shift(slot, 'damaged', delta.damaged, delta)
    if (delta.quarantined !== 0) this.#shift(slot, 'quarantined', delta.quarantined, delta)
    this.history.add(slot, delta)
    this.#touch(slot, delta.time)
  }

  /** What the count that the state stands on has seen already is in it. */
  #shift(slot: number, state: PhysicalState, by: number, delta: Delta): void {
    const row = this.countRowOf(slot, state)
    if (row === NONE || this.counts.isBefore(row, delta))
      this.#rows.setQuantity(slot, state, this.value(slot, state) + by)
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
      this.#rows.setQuantity(slot, state, chosen.quantity + this.#sumAfter(slot, state, chosen.count))
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
      const isKnown = standing !== undefined ? compareCounts(count, standing) > 0 : this.asOf(slot) !== 0
      const ledger = isKnown ? this.value(slot, state) - this.#sumAfter(slot, state, count) : null
      compared.push({ slot, state, counted, ledger })
    }
    return compared
  }

  addInTransit(slot: number, quantity: number, time: Instant): void {
    this.#rows.setQuantity(slot, 'inTransit', this.inTransit(slot) + quantity)
    this.#touch(slot, time)
  }

  /** The row of `counts` that a state stands on; -1 for none. */
  countRowOf = (slot: number, state: PhysicalState): number => this.#rows.link(slot, state)

  /** Makes room in one go: growing step by step would write the counts of millions several times. */
  reserve(slots: number): void {
    this.#rows.ensure(slots)
    this.counts.reserve(slots)
  }

  /** Puts the next position back as a checkpoint kept it; they come in the order of their slots. */
  restore(row: PositionRow): void {
    const slot = this.#append(row.sku, row.node, row.lot)
    this.#rows.setQuantity(slot, 'asOf', row.asOf)
    this.#rows.setQuantity(slot, 'inTransit', row.inTransit)
    for (let i = 0; i < PHYSICAL_STATES.length; i++) {
      const state = PHYSICAL_STATES[i]!
      this.#rows.setQuantity(slot, state, row.values[i]!)
      if (row.countRows[i] !== NONE) this.#standOn(slot, state, row.countRows[i]!)
    }
  }

  #standOn(slot: number, state: PhysicalState, row: number): void {
    const before = this.countRowOf(slot, state)
    this.counts.use(row)
    this.#rows.setLink(slot, state, row)
    if (before !== NONE) this.counts.release(before)
  }

  #sumAfter(slot: number, state: PhysicalState, count: Count): number {
    let sum = 0
    for (const delta of this.history.of(slot)) if (isAfter(delta, count)) sum += delta[state]
    return sum
  }

  #touch(slot: number, time: Instant): void {
    if (time > this.asOf(slot)) this.#rows.setQuantity(slot, 'asOf', time)
    this.dirty.mark(slot)
  }
}
