import type { Instant } from '../../../shared/kernel/clock.ts'

const DAY_MS = 86_400_000

/** Orders by the day on which they are to be looked at, so that finding the old ones costs nothing for the others. */
export class OrderAges<T> {
  readonly #byDay = new Map<number, T[]>()

  note(order: T, heardAt: Instant): void {
    const day = Math.floor(heardAt / DAY_MS)
    const known = this.#byDay.get(day)
    if (known) known.push(order)
    else this.#byDay.set(day, [order])
  }

  /** Takes out those of the days that had ended before a moment, so many at most. One may be noted, and taken, twice. */
  *take(before: Instant, atMost: number): Generator<T> {
    let left = atMost
    for (const [day, orders] of this.#byDay) {
      if ((day + 1) * DAY_MS > before) continue
      while (orders.length > 0) {
        if (left-- <= 0) return
        yield orders.pop()!
      }
      this.#byDay.delete(day)
    }
  }
}
