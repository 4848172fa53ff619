import TinyQueue from 'tinyqueue'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Reservation } from './reservation.ts'

type Due = { readonly at: Instant; readonly reservation: Reservation }

/** Holds by when they end, so that finding those that have ended costs nothing while none has. */
export class Expiries {
  readonly #queue = new TinyQueue<Due>([], (a, b) => a.at - b.at)

  add(reservation: Reservation): void {
    if (reservation.expiresAt > 0) this.#queue.push({ at: reservation.expiresAt, reservation })
  }

  /** When the next hold may end: it may have been extended, or be over, by now. */
  get nextAt(): Instant {
    return this.#queue.peek()?.at ?? Number.POSITIVE_INFINITY
  }

  /** Takes out the holds that have ended by a moment and still count. */
  *take(now: Instant): Generator<Reservation> {
    while (this.nextAt <= now) {
      const { at, reservation } = this.#queue.pop()!
      const { isConfirmed, isEnded, isLapsed, expiresAt } = reservation
      if (!isConfirmed && !isEnded && !isLapsed && expiresAt === at) yield reservation
    }
  }
}
