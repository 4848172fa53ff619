/** Doubling a column of millions would hold twice what is needed. */
const DOUBLED_BELOW = 1 << 20

/** A growable column of numbers: the struct-of-arrays building block. */
export class Column<A extends Float64Array | Int32Array | Uint32Array> {
  values: A
  readonly #make: (length: number) => A
  readonly #empty: number

  constructor(make: (length: number) => A, empty = 0, length = 1024) {
    this.#make = make
    this.#empty = empty
    this.values = make(length)
    if (empty !== 0) this.values.fill(empty)
  }

  /** Makes room for `length` values; the new ones hold the column's empty value. */
  ensure(length: number): void {
    if (length <= this.values.length) return
    const factor = this.values.length < DOUBLED_BELOW ? 2 : 1.25
    const grown = this.#make(Math.max(length, Math.ceil(this.values.length * factor)))
    grown.set(this.values)
    if (this.#empty !== 0) grown.fill(this.#empty, this.values.length)
    this.values = grown
  }
}

export const floats = (empty = 0): Column<Float64Array> => new Column((n) => new Float64Array(n), empty)
export const ints = (empty = 0): Column<Int32Array> => new Column((n) => new Int32Array(n), empty)
