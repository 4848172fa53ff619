import type { Instant } from '../../../shared/kernel/clock.ts'
import { type DemandLine, isOnlyHeld } from './demand-line.ts'
import { Expiries } from './expiries.ts'
import { OrderAges } from './order-ages.ts'
import { OrderLines } from './order-lines.ts'
import { isLive, type Reservation } from './reservation.ts'
import { RestingHolds } from './resting-holds.ts'
import { SplitMap } from './split-map.ts'

/** The orders and holds of a region by their names. Those that rest are woken by whoever asks for them. */
export class OrderStore {
  readonly #orders = new SplitMap<OrderLines>()
  readonly #holds = new SplitMap<Reservation>()
  readonly #resting = new RestingHolds()
  readonly #expiries = new Expiries<Reservation>((it) =>
    this.isKept(it) && isLive(it) && !it.isConfirmed ? it.expiresAt : 0,
  )
  readonly #ages = new OrderAges<string>()
  /** Entered since the last `rest`: only those that do not rest then have to be looked at by their age. */
  #entered: string[] = []
  #woken: Reservation[] = []

  order(orderRef: string): OrderLines | undefined {
    const known = this.#orders.get(orderRef)
    if (known) return known
    const resting = this.#resting.takeByOrder(orderRef)
    return resting === null ? undefined : this.#wake(resting)
  }

  hold(id: string): Reservation | undefined {
    const known = this.#holds.get(id)
    if (known) return known
    const resting = this.#resting.takeById(id)
    if (resting) this.#wake(resting)
    return resting ?? undefined
  }

  isKept = (hold: Reservation): boolean => this.#holds.get(hold.id) === hold

  enterOrder(orderRef: string): OrderLines {
    const lines = new OrderLines()
    this.#orders.set(orderRef, lines)
    this.#entered.push(orderRef)
    return lines
  }

  enterHold(hold: Reservation): void {
    this.#holds.set(hold.id, hold)
  }

  dropOrder(orderRef: string): void {
    this.#orders.delete(orderRef)
  }

  dropHold(id: string): void {
    this.#holds.delete(id)
  }

  /** The orders that do not rest: all of which more is known than that something is held for them, and the youngest others. */
  orderRefs(): Iterable<string> {
    return this.#orders.keys()
  }

  orders(): Iterable<OrderLines> {
    return this.#orders.values()
  }

  noteEnd(hold: Reservation): void {
    this.#expiries.add(hold)
  }

  get nextEndAt(): Instant {
    return Math.min(this.#expiries.nextAt, this.#resting.nextAt)
  }

  /** Those that have ended by a moment, and still count. */
  *takeEnded(now: Instant): Generator<Reservation> {
    for (const it of this.#resting.takeEnded(now)) this.#wake(it)
    yield* this.#expiries.take(now)
  }

  noteAge(orderRef: string, heardAt: Instant): void {
    this.#ages.note(orderRef, heardAt)
  }

  /** Orders of which nothing may have been heard since a moment, so many at most; each is noted no more. */
  *takeOld(before: Instant, atMost: number): Generator<string> {
    this.#noteEntered()
    let left = atMost
    for (const orderRef of this.#ages.take(before, atMost)) {
      left--
      yield orderRef
    }
    for (const it of this.#resting.takeOld(before, left)) {
      this.#wake(it)
      yield it.orderRef
    }
  }

  /** Lays those of the holds to rest that are all that is known of their orders, and what was woken since the last time. */
  rest(changed: Iterable<Reservation>, isWaiting: (hold: Reservation) => boolean): void {
    const may = [...new Set([...changed, ...this.#woken])].filter(
      (it) => !isWaiting(it) && this.isKept(it) && isAll(it, this.#orders.get(it.orderRef)),
    )
    const left = new Set(this.#resting.lay(may))
    for (const it of may) {
      if (left.has(it)) continue
      this.#orders.delete(it.orderRef)
      this.#holds.delete(it.id)
    }
    this.#expiries.tidy(may.map(({ expiresAt }) => expiresAt))
    this.#woken = []
    this.#noteEntered()
  }

  #wake(hold: Reservation): OrderLines {
    const lines = this.enterOrder(hold.orderRef)
    for (const line of hold.lines) lines.add(line as DemandLine)
    this.enterHold(hold)
    this.noteEnd(hold)
    this.#woken.push(hold)
    return lines
  }

  #noteEntered(): void {
    for (const orderRef of this.#entered) {
      const lines = this.#orders.get(orderRef)
      if (lines) this.noteAge(orderRef, Math.max(...lines.all.map(({ lastHeardAt }) => lastHeardAt)))
    }
    this.#entered = []
  }
}

/** Nothing is known of the order but this hold. */
const isAll = (hold: Reservation, order: OrderLines | undefined): boolean =>
  order !== undefined &&
  order.all.length === hold.lines.length &&
  order.all.every((it) => isOnlyHeld(it) && it.holds.size === 1 && it.holds.first === hold)
