import TinyQueue from 'tinyqueue'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { isLive, type Reservation } from './reservation.ts'

const TENTH_MS = 100

/**
 * Holds by when they end, so that finding those that have ended costs nothing while none has. Those of a tenth of a second lie together:
 * an entry each would be as much memory again as the hold's own state.
 */
export class Expiries {
  readonly #byTenth = new Map<number, Reservation[]>()
  readonly #tenths = new TinyQueue<number>()
  /** When the first of the earliest tenth of a second ends; null until it is looked for again. */
  #nextAt: Instant | null = Number.POSITIVE_INFINITY

  add(reservation: Reservation): void {
    const { expiresAt } = reservation
    if (expiresAt <= 0) return
    const tenth = Math.floor(expiresAt / TENTH_MS)
    const known = this.#byTenth.get(tenth)
    if (known) known.push(reservation)
    else {
      this.#byTenth.set(tenth, [reservation])
      this.#tenths.push(tenth)
    }
    if (this.#nextAt !== null) this.#nextAt = Math.min(this.#nextAt, expiresAt)
  }

  /** When the next hold may end: it may be over by now. */
  get nextAt(): Instant {
    return (this.#nextAt ??= this.#findNext())
  }

  /** Takes out the holds that have ended by a moment and still count. */
  *take(now: Instant): Generator<Reservation> {
    while (this.nextAt <= now) {
      const tenth = this.#tenths.peek()!
      const [ended, left] = [[] as Reservation[], [] as Reservation[]]
      for (const it of this.#endingIn(tenth)) (it.expiresAt <= now ? ended : left).push(it)
      this.#byTenth.set(tenth, left)
      this.#nextAt = null
      // One may stand there twice.
      for (const it of ended) if (isLive(it)) yield it
    }
  }

  /** Those that have not been extended beyond it, or ended otherwise, since they were noted. */
  #endingIn(tenth: number): Reservation[] {
    return this.#byTenth
      .get(tenth)!
      .filter((it) => Math.floor(it.expiresAt / TENTH_MS) === tenth && isLive(it) && !it.isConfirmed)
  }

  #findNext(): Instant {
    for (let tenth = this.#tenths.peek(); tenth !== undefined; tenth = this.#tenths.peek()) {
      const next = this.#endingIn(tenth).reduce(
        (first, { expiresAt }) => Math.min(first, expiresAt),
        Number.POSITIVE_INFINITY,
      )
      if (next < Number.POSITIVE_INFINITY) return next
      this.#byTenth.delete(tenth)
      this.#tenths.pop()
    }
    return Number.POSITIVE_INFINITY
  }
}
