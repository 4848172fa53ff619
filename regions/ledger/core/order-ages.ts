import type { Instant } from '../../../shared/kernel/clock.ts'

const DAY_MS = 86_400_000

/** Orders by the day on which they are to be looked at, so that finding the old ones costs nothing for the others. */
export class OrderAges {
  readonly #byDay = new Map<number, string[]>()

  note(orderRef: string, heardAt: Instant): void {
    const day = Math.floor(heardAt / DAY_MS)
    const known = this.#byDay.get(day)
    if (known) known.push(orderRef)
    else this.#byDay.set(day, [orderRef])
  }

  /** Takes out those of the days that had ended before a moment, so many at most. One may be noted, and taken, twice. */
  *take(before: Instant, atMost: number): Generator<string> {
    let left = atMost
    for (const [day, orderRefs] of this.#byDay) {
      if ((day + 1) * DAY_MS > before) continue
      while (orderRefs.length > 0) {
        if (left-- <= 0) return
        yield orderRefs.pop()!
      }
      this.#byDay.delete(day)
    }
  }
}
