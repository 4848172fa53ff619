import type { Instant } from '../../../shared/kernel/clock.ts'
import { floats, ints } from './columns.ts'
import type { Count } from './count-order.ts'
import type { Delta } from './delta-history.ts'
import type { Interning } from './interning.ts'

/**
 * The counts that positions stand on, as columns: a row per count, referred to by every state that it named. A row that
 * no state refers to any more is used again.
 */
export class CountTable {
  readonly #sources
  readonly #source = ints()
  readonly #uses = ints()
  readonly #asOf = floats()
  readonly #sequence = floats()
  readonly #ids: string[] = []
  readonly #free: number[] = []

  constructor(sources: Interning) {
    this.#sources = sources
  }

  reserve(rows: number): void {
    for (const column of [this.#source, this.#uses, this.#asOf, this.#sequence]) column.ensure(rows)
  }

  /** A new row, with no use yet. */
  add(count: Count): number {
    const row = this.#free.pop() ?? this.#ids.length
    for (const column of [this.#source, this.#uses, this.#asOf, this.#sequence]) column.ensure(row + 1)
    this.#source.values[row] = count.source
    this.#asOf.values[row] = count.asOf
    this.#sequence.values[row] = count.sequence
    this.#ids[row] = count.id
    return row
  }

  use(row: number): void {
    this.#uses.values[row]!++
  }

  release(row: number): void {
    if (--this.#uses.values[row]! > 0) return
    this.#ids[row] = ''
    this.#free.push(row)
  }

  get(row: number): Count {
    const source = this.#source.values[row]!
    return {
      source,
      sourceName: this.#sources.textOf(source),
      id: this.#ids[row]!,
      asOf: this.#asOf.values[row]!,
      sequence: this.#sequence.values[row]!,
    }
  }

  /** isAfter(delta, count), read off the columns: it is asked for every delta. */
  isBefore(row: number, delta: Delta): boolean {
    if (delta.sequence >= 0 && delta.source === this.#source.values[row]) {
      const sequence = this.#sequence.values[row]!
      if (sequence >= 0) return delta.sequence > sequence
    }
    return delta.time > this.#asOf.values[row]!
  }

  asOf = (row: number): Instant => this.#asOf.values[row]!
}
