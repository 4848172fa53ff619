/** The numbers of a position that may be large or a moment. */
const QUANTITY_FIELDS = { onHand: 0, damaged: 1, quarantined: 2, inTransit: 3, asOf: 4 } as const
type QuantityField = keyof typeof QUANTITY_FIELDS
const QUANTITIES = 5

/** Small integers: what the position is of, the next one of its sku, and the counts that its states stand on. */
const LINK_FIELDS = { sku: 0, node: 1, lot: 2, next: 3, onHand: 4, damaged: 5, quarantined: 6 } as const
type LinkField = keyof typeof LINK_FIELDS
const LINKS = 7

/** Rows are made by so many at once, so that nothing is ever copied to a wider place. */
const CHUNK_SHIFT = 13
const CHUNK_ROWS = 1 << CHUNK_SHIFT
const CHUNK_MASK = CHUNK_ROWS - 1

/**
 * A row of numbers a position. Those of a row lie side by side: who asks for a sku among millions waits for memory twice a
 * position, and not once a number.
 */
export class PositionRows {
  readonly #quantities: Float64Array[] = []
  readonly #links: Int32Array[] = []

  /** Makes room for so many rows; the quantities of a new one are 0, and its links -1. */
  ensure(rows: number): void {
    while (this.#quantities.length << CHUNK_SHIFT < rows) {
      this.#quantities.push(new Float64Array(CHUNK_ROWS * QUANTITIES))
      this.#links.push(new Int32Array(CHUNK_ROWS * LINKS).fill(-1))
    }
  }

  quantity(row: number, field: QuantityField): number {
    return this.#quantities[row >> CHUNK_SHIFT]![(row & CHUNK_MASK) * QUANTITIES + QUANTITY_FIELDS[field]]!
  }

  setQuantity(row: number, field: QuantityField, value: number): void {
    this.#quantities[row >> CHUNK_SHIFT]![(row & CHUNK_MASK) * QUANTITIES + QUANTITY_FIELDS[field]] = value
  }

  link(row: number, field: LinkField): number {
    return this.#links[row >> CHUNK_SHIFT]![(row & CHUNK_MASK) * LINKS + LINK_FIELDS[field]]!
  }

  setLink(row: number, field: LinkField, value: number): void {
    this.#links[row >> CHUNK_SHIFT]![(row & CHUNK_MASK) * LINKS + LINK_FIELDS[field]] = value
  }
}
