/** The numbers of a position that may be large or a moment, as doubles: the first of a row. */
const QUANTITY_FIELDS = { onHand: 0, damaged: 1, quarantined: 2, inTransit: 3, asOf: 4 } as const
type QuantityField = keyof typeof QUANTITY_FIELDS

/**
 * Small integers behind them: what the position is of, the next one of its sku, and the counts that its states stand on. What
 * a figure is derived from stands first.
 */
const LINK_FIELDS = { next: 10, node: 11, sku: 12, lot: 13, onHand: 14, damaged: 15 } as const
type LinkField = keyof typeof LINK_FIELDS | 'quarantined'

/** What a processor fetches from memory at once. */
const ROW_BYTES = 64
const ROW_DOUBLES = ROW_BYTES / 8
const ROW_INTS = ROW_BYTES / 4

/** Rows are made by so many at once, so that nothing is ever copied to a wider place. */
const CHUNK_SHIFT = 15
const CHUNK_ROWS = 1 << CHUNK_SHIFT
const CHUNK_MASK = CHUNK_ROWS - 1

/**
 * A row of numbers a position, in one line of memory: who asks for a sku among millions waits for each line he touches, and
 * longer than for all else. The count that `quarantined` stands on found no room in it, and is the one least asked for.
 */
export class PositionRows {
  readonly #quantities: Float64Array[] = []
  /** The same memory, as integers. */
  readonly #links: Int32Array[] = []
  readonly #quarantinedCounts: Int32Array[] = []

  /** Makes room for so many rows; the quantities of a new one are 0, and its links -1. */
  ensure(rows: number): void {
    while (this.#links.length << CHUNK_SHIFT < rows) {
      const memory = new ArrayBuffer(CHUNK_ROWS * ROW_BYTES)
      const links = new Int32Array(memory).fill(-1, LINK_FIELDS.next, ROW_INTS)
      for (let made = ROW_INTS; made < links.length; made *= 2) links.copyWithin(made, 0, made)
      this.#quantities.push(new Float64Array(memory))
      this.#links.push(links)
      this.#quarantinedCounts.push(new Int32Array(CHUNK_ROWS).fill(-1))
    }
  }

  quantity(row: number, field: QuantityField): number {
    return this.#quantities[row >> CHUNK_SHIFT]![(row & CHUNK_MASK) * ROW_DOUBLES + QUANTITY_FIELDS[field]]!
  }

  setQuantity(row: number, field: QuantityField, value: number): void {
    this.#quantities[row >> CHUNK_SHIFT]![(row & CHUNK_MASK) * ROW_DOUBLES + QUANTITY_FIELDS[field]] = value
  }

  link(row: number, field: LinkField): number {
    if (field === 'quarantined') return this.#quarantinedCounts[row >> CHUNK_SHIFT]![row & CHUNK_MASK]!
    return this.#links[row >> CHUNK_SHIFT]![(row & CHUNK_MASK) * ROW_INTS + LINK_FIELDS[field]]!
  }

  setLink(row: number, field: LinkField, value: number): void {
    if (field === 'quarantined') this.#quarantinedCounts[row >> CHUNK_SHIFT]![row & CHUNK_MASK] = value
    else this.#links[row >> CHUNK_SHIFT]![(row & CHUNK_MASK) * ROW_INTS + LINK_FIELDS[field]] = value
  }
}
