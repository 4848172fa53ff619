import type { Instant } from '../../../shared/kernel/clock.ts'

const DAY_MS = 86_400_000

/** Orders by the day on which they are to be looked at, so that finding the old ones costs nothing for the others. */
export class OrderAges {
  readonly #byDay = new Map<number, Set<string>>()

  note(orderRef: string, heardAt: Instant): void {
    const day = Math.floor(heardAt / DAY_MS)
    const known = this.#byDay.get(day)
    if (known) known.add(orderRef)
    else this.#byDay.set(day, new Set([orderRef]))
  }

  /** Takes out those of the days that had ended before a moment, so many at most. */
  *take(before: Instant, atMost: number): Generator<string> {
    let left = atMost
    for (const [day, orderRefs] of this.#byDay) {
      if ((day + 1) * DAY_MS > before) continue
      for (const orderRef of orderRefs) {
        if (left-- <= 0) return
        orderRefs.delete(orderRef)
        yield orderRef
      }
      this.#byDay.delete(day)
    }
  }
}
