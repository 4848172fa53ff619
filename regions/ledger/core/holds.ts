import type { LineWant } from './line-want.ts'
import type { Reservation } from './reservation.ts'

/** What is held on a line, by reservation. Nearly every line has one hold: a map each would be a seventh of what a hold takes. */
export class Holds {
  #first: Reservation | null = null
  #want: LineWant | null = null
  #others: Map<Reservation, LineWant> | null = null

  get size(): number {
    return (this.#first === null ? 0 : 1) + (this.#others?.size ?? 0)
  }

  get first(): Reservation | null {
    return this.#first ?? this.#others?.keys().next().value ?? null
  }

  get(reservation: Reservation): LineWant | undefined {
    return reservation === this.#first ? this.#want! : this.#others?.get(reservation)
  }

  has(reservation: Reservation): boolean {
    return this.get(reservation) !== undefined
  }

  set(reservation: Reservation, want: LineWant): void {
    const isFirst = this.#first === null ? !this.#others?.has(reservation) : this.#first === reservation
    if (isFirst) [this.#first, this.#want] = [reservation, want]
    else (this.#others ??= new Map()).set(reservation, want)
  }

  delete(reservation: Reservation): void {
    if (reservation === this.#first) this.#first = this.#want = null
    else this.#others?.delete(reservation)
  }

  keys(): readonly Reservation[] {
    return [...this].map(([reservation]) => reservation)
  }

  *[Symbol.iterator](): Generator<readonly [Reservation, LineWant]> {
    if (this.#first !== null) yield [this.#first, this.#want!]
    if (this.#others) yield* this.#others
  }
}
