import type { Instant } from '../../../shared/kernel/clock.ts'
import { type DemandCell, DemandCells } from './demand-cells.ts'
import {
  type DemandLine,
  type Sourcing,
  isNamedBy,
  isOneSided,
  isOnlyHeld,
  type LineTerms,
  newLine,
  noteName,
  openParts,
  outranks,
  workAt,
} from './demand-line.ts'
import { FinishedOrders } from './finished-orders.ts'
import type { KitBook } from './kit-book.ts'
import type { LineWant } from './line-want.ts'
import { OrderStore } from './order-store.ts'
import { isLater } from './rank.ts'
import { type HeldLine, isLive, newHold, type Reservation, withLine } from './reservation.ts'

/** All order lines and holds of a region, and their open demand per sku, class, node and due day, kept as they change. */
export class DemandBook {
  readonly #store = new OrderStore()
  #size = 0
  /** How many lines each sku has: most kits that are put have none. */
  readonly #linesOfSku = new Map<number, number>()
  readonly #cells = new DemandCells()
  readonly #cancelledOrders = new Map<string, Instant>()
  readonly #cancelledUnseen = new Set<string>()
  /** Holds that ended before this have lapsed. It never goes back: their units may have been promised again. */
  #lapsedTo: Instant = 0
  readonly #names
  /** Lines of which only one side of the story is known. */
  readonly #oneSided = new Set<DemandLine>()
  /** Holds that lapsed, and whose end the hub has not declared as a decision of its own. */
  readonly undeclared = new Set<Reservation>()
  readonly finished = new FinishedOrders()
  /** What was let go since the last checkpoint. */
  readonly gone = { orderRefs: new Set<string>(), reservations: new Set<string>() }
  /** Changed since the last checkpoint. */
  readonly dirty = new Set<DemandLine>()
  readonly dirtyCancelledOrders = new Set<string>()
  readonly dirtyReservations = new Set<Reservation>()

  constructor(
    names: { readonly nodeName: (node: number) => string; readonly skuName: (sku: number) => string },
    kits: KitBook,
  ) {
    this.#names = { ...names, componentsOf: (kit: number) => kits.componentsOf(kit) }
  }

  get size(): number {
    return this.#size
  }

  state(orderRef: string, line: string, sku: number, terms: LineTerms, heardAt: Instant): void {
    this.#change(this.#lineOf(orderRef, line, sku, heardAt), (it) => {
      const [first, now] = [it.terms?.rank[2], terms.rank[2]]
      if (first !== undefined && first !== now)
        for (const source of [first, now]) if (!isNamedBy(it, source)) noteName(it, source, line)
      if (it.terms === null || outranks(terms.rank, it.terms.rank)) it.terms = terms
    })
  }

  /** A source calls a line of an order by another name. */
  alias(at: LineKey, source: string, name: string, heardAt: Instant): void {
    this.#change(this.#lineOf(at.orderRef, at.line, at.sku, heardAt), (it) => noteName(it, source, name))
  }

  pick(at: LineKey, node: number, quantity: number, heardAt: Instant): void {
    this.#change(
      this.#lineOf(at.orderRef, at.line, at.sku, heardAt),
      (it) => void (workAt(it, node).picked += quantity),
    )
  }

  /** A node did not find so much of what it was to pick. */
  short(at: LineKey, node: number, quantity: number, heardAt: Instant): void {
    this.#change(
      this.#lineOf(at.orderRef, at.line, at.sku, heardAt),
      (it) => void (workAt(it, node).short += quantity),
    )
  }

  /** Assigns a line to nodes: the latest word stands. */
  source(at: LineKey, sourcing: Sourcing, heardAt: Instant): void {
    this.#change(this.#lineOf(at.orderRef, at.line, at.sku, heardAt), (it) => {
      if (it.sourcing === null || isLater(sourcing.rank, it.sourcing.rank)) it.sourcing = sourcing
    })
  }

  ship(at: LineKey, node: number, quantity: number, heardAt: Instant): void {
    this.#change(
      this.#lineOf(at.orderRef, at.line, at.sku, heardAt),
      (it) => void (workAt(it, node).shipped += quantity),
    )
  }

  cancel(at: LineKey, quantity: number | undefined, heardAt: Instant): void {
    this.#change(this.#lineOf(at.orderRef, at.line, at.sku, heardAt), (it) => {
      if (quantity === undefined) it.isCancelledWhole = true
      else it.cancelled += quantity
    })
  }

  /** Cancels every line of the order, those not seen yet too. Returns the skus it touched. */
  cancelOrder(orderRef: string, heardAt: Instant): number[] {
    if (this.finished.has(orderRef)) return []
    if (!this.#cancelledOrders.has(orderRef)) this.restoreCancelledOrder(orderRef, heardAt)
    this.dirtyCancelledOrders.add(orderRef)
    const lines = this.linesOf(orderRef)
    for (const line of lines) this.#change(line, (it) => void (it.isCancelledWhole = true))
    return lines.map(({ sku }) => sku)
  }

  /** Puts a hold on a line of its order. */
  hold(reservation: Reservation, line: string, sku: number, want: LineWant, heardAt: Instant): void {
    this.#change(this.#lineOf(reservation.orderRef, line, sku, heardAt), (it) => {
      if (it.holds.has(reservation)) return
      it.holds.set(reservation, want)
      reservation.lines = withLine(reservation.lines, it, this.linesOf(it.orderRef))
    })
    if (this.#store.isKept(reservation)) this.dirtyReservations.add(reservation)
  }

  reservation(id: string, orderRef: string): Reservation {
    const known = this.#store.hold(id)
    if (known) return known
    const made = newHold(id, orderRef)
    if (!this.finished.has(orderRef)) this.#store.enterHold(made)
    return made
  }

  /** Changes what is known of a hold. Returns the skus it touched. */
  changeReservation(reservation: Reservation, mutate: (reservation: Reservation) => void): number[] {
    if (!this.#store.isKept(reservation)) return []
    this.dirtyReservations.add(reservation)
    const groups = this.#groupsOf(reservation.lines)
    for (const group of groups) this.#post(group, -1)
    const before = reservation.expiresAt
    mutate(reservation)
    if (reservation.expiresAt !== before) {
      // A later end that is heard of only now.
      if (reservation.expiresAt > this.#lapsedTo) reservation.isLapsed = false
      this.#store.noteEnd(reservation)
    }
    if (reservation.isLapsed && !reservation.isEnded && !reservation.isConfirmed)
      this.undeclared.add(reservation)
    else this.undeclared.delete(reservation)
    for (const group of groups) this.#post(group, +1)
    return reservation.lines.map(({ sku }) => sku)
  }

  /** Ends what is past its end. It is what any reader at that moment would find, whatever was asked before. */
  lapse(now: Instant): number[] {
    const touched: number[] = []
    this.#lapsedTo = Math.max(this.#lapsedTo, now)
    for (const it of this.#store.takeEnded(now))
      touched.push(...this.changeReservation(it, () => void (it.isLapsed = true)))
    return touched
  }

  /** When the next hold may lapse. */
  get nextLapseAt(): Instant {
    return this.#store.nextEndAt
  }

  /** Takes a hold out as if it had never been: for trying what would be left. */
  withdraw(reservation: Reservation): void {
    for (const held of reservation.lines) {
      const line = this.#store.order(held.orderRef)!.find(held.line, held.sku)!
      this.#change(line, (it) => void it.holds.delete(reservation))
      if (isOnlyHeld(line) && line.holds.size === 0) this.#forget(line)
    }
    this.#store.dropHold(reservation.id)
    this.dirtyReservations.delete(reservation)
  }

  /**
   * Lets orders and holds go that are over and of which nothing was heard since a moment, looking at so many at most. Of an
   * order it is remembered that it is finished; a hold that came to nothing leaves no trace. `isUnderWay` tells of
   * orders that still have to be carried somewhere. Answers how many went.
   */
  letGo(before: Instant, atMost: number, isUnderWay: (orderRef: string) => boolean): number {
    let count = 0
    for (const orderRef of this.#store.takeOld(before, atMost)) {
      const lines = this.linesOf(orderRef)
      const lastHeardAt = lines.reduce((last, it) => Math.max(last, lastHeardOf(it)), 0)
      if (lines.length === 0) continue
      if (lastHeardAt >= before) this.#store.noteAge(orderRef, lastHeardAt)
      else if (!this.#areOver(lines) || isUnderWay(orderRef)) this.#store.noteAge(orderRef, before)
      else {
        this.#letGo(orderRef, [...lines])
        count++
      }
    }
    return count
  }

  /** Nothing of them is promised, picked, held, or waits for its other side. */
  #areOver(lines: readonly DemandLine[]): boolean {
    return lines.every(
      (it) =>
        !isOneSided(it) &&
        [...it.holds.keys()].every((hold) => !isLive(hold) && !this.undeclared.has(hold)) &&
        openParts(this.#groupOf(it), this.#names).length === 0,
    )
  }

  #letGo(orderRef: string, lines: readonly DemandLine[]): void {
    const wasOrdered = lines.some(
      ({ terms, work, isCancelledWhole }) => terms !== null || work.size > 0 || isCancelledWhole,
    )
    for (const line of lines) {
      for (const { id } of line.holds.keys()) {
        this.dirtyReservations.delete(this.#store.hold(id)!)
        this.#store.dropHold(id)
        this.gone.reservations.add(id)
      }
      this.#forget(line)
    }
    this.#cancelledOrders.delete(orderRef)
    this.dirtyCancelledOrders.delete(orderRef)
    this.gone.orderRefs.add(orderRef)
    if (wasOrdered) this.finished.add(orderRef)
  }

  /** What changed is on the disk: it is dirty no more, and holds of which nothing else is known rest. */
  settle(): void {
    this.#store.rest(this.dirtyReservations, (it) => this.undeclared.has(it))
    this.gone.orderRefs.clear()
    this.gone.reservations.clear()
    this.finished.added.length = 0
    this.dirty.clear()
    this.dirtyCancelledOrders.clear()
    this.dirtyReservations.clear()
  }

  cellsOf(sku: number): Iterable<DemandCell> {
    return this.#cells.of(sku)
  }

  /** All orders but those at rest, of which nothing is known but that something is held for them. */
  orderRefs(): Iterable<string> {
    return this.#store.orderRefs()
  }

  linesOf(orderRef: string): readonly DemandLine[] {
    return this.#store.order(orderRef)?.all ?? NO_LINES
  }

  find(id: string): Reservation | undefined {
    return this.#store.hold(id)
  }

  /** Lines with work or a cancellation, and no word of what was ordered: neither of them nor of the kit they go into. */
  *orphans(): Generator<DemandLine> {
    for (const line of this.#oneSided) if (this.#groupOf(line).every(isOneSided)) yield line
  }

  /** Orders that were cancelled as a whole, and of which nothing else was ever heard; when that was. */
  *cancelledUnseen(): Generator<readonly [orderRef: string, heardAt: Instant]> {
    for (const orderRef of this.#cancelledUnseen) yield [orderRef, this.#cancelledOrders.get(orderRef)!]
  }

  /** Orders cancelled as a whole, and when that was first heard. */
  cancelledOrders(): ReadonlyMap<string, Instant> {
    return this.#cancelledOrders
  }

  /**
   * Takes the demand that depends on what a kit is put together from off and on again around a change of that. What is only held does
   * not: no one worked on it.
   */
  whileKitChanges(kit: number, change: () => void): void {
    if (!this.#linesOfSku.has(kit)) return change()
    const groups: (readonly DemandLine[])[] = []
    for (const { all } of this.#store.orders())
      groups.push(...this.#groupsOf(all.filter(({ sku }) => sku === kit)))
    for (const group of groups) this.#post(group, -1)
    change()
    for (const group of groups) this.#post(group, +1)
  }

  restoreLine(line: DemandLine): void {
    this.#post(this.#groupOf(line), -1)
    this.#register(line)
    this.#post(this.#groupOf(line), +1)
    this.#noteSides(line)
  }

  restoreCancelledOrder(orderRef: string, heardAt: Instant): void {
    this.#cancelledOrders.set(orderRef, heardAt)
    if (this.#store.order(orderRef) === undefined) this.#cancelledUnseen.add(orderRef)
  }

  /** Null of an order that is finished: whatever is said of it now is no demand. */
  #lineOf(orderRef: string, line: string, sku: number, heardAt: Instant): DemandLine | null {
    const known = this.#store.order(orderRef)?.find(line, sku)
    if (known) {
      known.firstHeardAt = Math.min(known.firstHeardAt, heardAt)
      known.lastHeardAt = Math.max(known.lastHeardAt, heardAt)
      return known
    }
    if (this.finished.has(orderRef)) return null
    const made = newLine(orderRef, line, sku, heardAt)
    made.isCancelledWhole = this.#cancelledOrders.has(orderRef)
    this.#register(made)
    return made
  }

  #register(line: DemandLine): void {
    let lines = this.#store.order(line.orderRef)
    if (!lines) {
      lines = this.#store.enterOrder(line.orderRef)
      this.#cancelledUnseen.delete(line.orderRef)
    }
    lines.add(line)
    this.#size++
    this.#linesOfSku.set(line.sku, (this.#linesOfSku.get(line.sku) ?? 0) + 1)
  }

  #forget(line: DemandLine): void {
    const lines = this.#store.order(line.orderRef)!
    lines.remove(line)
    if (lines.all.length === 0) this.#store.dropOrder(line.orderRef)
    this.#size--
    const left = this.#linesOfSku.get(line.sku)! - 1
    if (left === 0) this.#linesOfSku.delete(line.sku)
    else this.#linesOfSku.set(line.sku, left)
    this.#oneSided.delete(line)
    this.dirty.delete(line)
  }

  #groupOf({ orderRef, line }: HeldLine): readonly DemandLine[] {
    return this.#store.order(orderRef)?.group(line) ?? NO_LINES
  }

  /** Each group once, of lines of one order. */
  #groupsOf(lines: readonly HeldLine[]): readonly (readonly DemandLine[])[] {
    if (lines.length === 1) return [this.#groupOf(lines[0]!)]
    return [...new Map(lines.map((it) => [it.line, it])).values()].map((it) => this.#groupOf(it))
  }

  #change(line: DemandLine | null, mutate: (line: DemandLine) => void): void {
    if (line === null) return
    const group = this.#groupOf(line)
    this.#post(group, -1)
    mutate(line)
    this.#post(group, +1)
    this.#noteSides(line)
    this.dirty.add(line)
  }

  #noteSides(line: DemandLine): void {
    if (isOneSided(line)) this.#oneSided.add(line)
    else this.#oneSided.delete(line)
  }

  /** Adds the open parts to the sums, or takes them off. */
  #post(group: readonly DemandLine[], sign: 1 | -1): void {
    if (group.length === 0) return
    for (const part of openParts(group, this.#names)) this.#cells.post(part, sign)
  }
}

/** A hold is looked after until its end. */
const lastHeardOf = ({ lastHeardAt, holds }: DemandLine): Instant =>
  [...holds.keys()].reduce((last, { expiresAt }) => Math.max(last, expiresAt), lastHeardAt)

export type LineKey = { readonly orderRef: string; readonly line: string; readonly sku: number }

const NO_LINES: readonly DemandLine[] = []
