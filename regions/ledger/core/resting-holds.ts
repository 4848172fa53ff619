import type { Instant } from '../../../shared/kernel/clock.ts'
import { hash64Into } from '../../../shared/kernel/hash64.ts'
import { type DemandLine, newLine } from './demand-line.ts'
import { Expiries } from './expiries.ts'
import { FactIndex } from './fact-index.ts'
import { OrderAges } from './order-ages.ts'
import { isLive, newHold, type Reservation } from './reservation.ts'

type LineRecord = readonly [
  line: string,
  sku: number,
  quantity: number,
  asked: number | null,
  node: number,
  dueAt: Instant,
  demandClass: string,
  firstHeardAt: Instant,
  lastHeardAt: Instant,
]
type HoldRecord = readonly [
  id: string,
  orderRef: string,
  expiresAt: Instant,
  flags: number,
  lines: readonly LineRecord[],
]

/** Holds that came to rest together: their records in one text. */
type Sheet = { readonly text: string; readonly slots: readonly number[]; left: number }

/** Where the hold of a name lies; `missed` is the last name that none has: who makes a new one asks for it several times in a row. */
type Names = { readonly index: FactIndex; missed: string | null }

/** What a sheet holds: one that is taken out costs the same wherever it lies, and one of them is written anew in a millisecond. */
const SHEET_HOLDS_MAX = 1_000
/** A sheet of which less than this is left is written anew, without what was taken. */
const LEFT_SHARE_MIN = 1 / 8
const SLOTS_MIN = 1024
/** Of a slot: which sheet, and from where to where in its text. */
const PLACE_WORDS = 3

/**
 * Holds of which nothing more is heard for now, as nearly all are: a text of many of them and a few numbers each, instead of a dozen
 * objects each. A million of those would be half a gigabyte that the collector looks through every now and then, and whoever
 * asks something waits meanwhile. One that is asked for is taken out and is an object again.
 */
export class RestingHolds {
  readonly #byId: Names = { index: new FactIndex(), missed: null }
  readonly #byOrder: Names = { index: new FactIndex(), missed: null }
  readonly #sheets: (Sheet | null)[] = []
  readonly #freeSheets: number[] = []
  readonly #freeSlots: number[] = []
  #slots = 0
  #places = new Uint32Array(SLOTS_MIN * PLACE_WORDS)
  /** When the hold in a slot ends; 0 for one that has ended, or is confirmed, and for an empty slot. */
  #ends = new Float64Array(SLOTS_MIN)
  readonly #expiries = new Expiries<number>((slot) => this.#ends[slot]!)
  readonly #ages = new OrderAges<number>()

  get size(): number {
    return this.#slots - this.#freeSlots.length
  }

  /** Lays down holds, each with all the lines of its order. Answers those that have no place: they stay what they are. */
  lay(holds: readonly Reservation[]): readonly Reservation[] {
    const [records, slots, left] = [[] as string[], [] as number[], [] as Reservation[]]
    for (const hold of holds) {
      const slot = this.#enter(hold)
      if (slot === null) left.push(hold)
      else {
        slots.push(slot)
        records.push(JSON.stringify(recordOf(hold)))
      }
    }
    this.#write(slots, records)
    return left
  }

  /** Takes out the hold of this name. */
  takeById = (id: string): Reservation | null => this.#take(this.#byId, id, ([it]) => it)

  /** Takes out the hold of this order. */
  takeByOrder = (orderRef: string): Reservation | null => this.#take(this.#byOrder, orderRef, ([, it]) => it)

  /** When the next one may end. */
  get nextAt(): Instant {
    return this.#expiries.nextAt
  }

  /** Takes out those that have ended by a moment. */
  *takeEnded(now: Instant): Generator<Reservation> {
    for (const slot of this.#expiries.take(now)) yield this.#leave(slot)
  }

  /** Takes out those of which nothing was to be heard after a moment, so many at most. */
  *takeOld(before: Instant, atMost: number): Generator<Reservation> {
    for (const slot of this.#ages.take(before, atMost)) if (this.#isTaken(slot)) yield this.#leave(slot)
  }

  /** Null when another one has the same 64 bits. */
  #enter(hold: Reservation): number | null {
    const [id, order] = [keyOf(hold.id), keyOf(hold.orderRef)]
    const [ids, orders] = [this.#byId, this.#byOrder]
    if (ids.index.find(id.hi, id.lo) >= 0 || orders.index.find(order.hi, order.lo) >= 0) return null
    const slot = this.#freeSlots.pop() ?? this.#newSlot()
    ids.index.add(id.hi, id.lo, slot)
    orders.index.add(order.hi, order.lo, slot)
    ids.missed = orders.missed = null
    const isEnding = isLive(hold) && !hold.isConfirmed
    this.#ends[slot] = isEnding ? hold.expiresAt : 0
    if (isEnding) this.#expiries.add(slot)
    this.#ages.note(
      slot,
      hold.lines.reduce((last, { lastHeardAt }) => Math.max(last, lastHeardAt), hold.expiresAt),
    )
    return slot
  }

  #take(names: Names, key: string, named: (record: HoldRecord) => string): Reservation | null {
    if (this.size === 0 || key === names.missed) return null
    const { hi, lo } = keyOf(key)
    const slot = names.index.find(hi, lo)
    if (slot >= 0 && named(this.#recordIn(slot)) === key) return this.#leave(slot)
    names.missed = key
    return null
  }

  #leave(slot: number): Reservation {
    const record = this.#recordIn(slot)
    const sheet = this.#places[slot * PLACE_WORDS]!
    for (const [{ index }, key] of [
      [this.#byId, record[0]],
      [this.#byOrder, record[1]],
    ] as const) {
      const { hi, lo } = keyOf(key)
      index.remove(hi, lo)
    }
    this.#places[slot * PLACE_WORDS + 2] = 0
    this.#ends[slot] = 0
    this.#freeSlots.push(slot)
    this.#sheets[sheet]!.left--
    this.#tidy(sheet)
    return holdOf(record)
  }

  #isTaken = (slot: number): boolean => this.#places[slot * PLACE_WORDS + 2] !== 0

  #recordIn(slot: number): HoldRecord {
    return JSON.parse(this.#textIn(slot)) as HoldRecord
  }

  #textIn(slot: number): string {
    const [sheet, from, to] = this.#places.subarray(slot * PLACE_WORDS, (slot + 1) * PLACE_WORDS)
    return this.#sheets[sheet!]!.text.slice(from, to)
  }

  #write(slots: readonly number[], records: readonly string[]): void {
    for (let at = 0; at < slots.length; at += SHEET_HOLDS_MAX)
      this.#writeSheet(slots.slice(at, at + SHEET_HOLDS_MAX), records.slice(at, at + SHEET_HOLDS_MAX))
  }

  #writeSheet(slots: readonly number[], records: readonly string[]): void {
    const sheet = this.#freeSheets.pop() ?? this.#sheets.length
    let end = 0
    slots.forEach((slot, i) => {
      this.#places.set([sheet, end, end + records[i]!.length], slot * PLACE_WORDS)
      end += records[i]!.length
    })
    this.#sheets[sheet] = { text: records.join(''), slots, left: slots.length }
  }

  #tidy(number: number): void {
    const { slots, left } = this.#sheets[number]!
    if (left > slots.length * LEFT_SHARE_MIN) return
    const kept = slots.filter((slot) => this.#isTaken(slot) && this.#places[slot * PLACE_WORDS] === number)
    const records = kept.map((slot) => this.#textIn(slot))
    this.#sheets[number] = null
    this.#freeSheets.push(number)
    this.#write(kept, records)
  }

  #newSlot(): number {
    if (this.#slots === this.#ends.length) {
      const [places, ends] = [this.#places, this.#ends]
      this.#places = new Uint32Array(places.length * 2)
      this.#places.set(places)
      this.#ends = new Float64Array(ends.length * 2)
      this.#ends.set(ends)
    }
    return this.#slots++
  }
}

const words = new Uint32Array(2)

function keyOf(text: string): { readonly hi: number; readonly lo: number } {
  hash64Into(text, words)
  return { hi: words[0]!, lo: words[1]! }
}

const FLAGS = ['isConfirmed', 'isEnded', 'isExpired', 'isLapsed'] as const

function recordOf(hold: Reservation): HoldRecord {
  const flags = FLAGS.reduce((bits, flag, i) => bits | (hold[flag] ? 1 << i : 0), 0)
  const lines = (hold.lines as readonly DemandLine[]).map((it): LineRecord => {
    const { quantity, asked = null, node, dueAt, demandClass } = it.holds.get(hold)!
    return [it.line, it.sku, quantity, asked, node, dueAt, demandClass, it.firstHeardAt, it.lastHeardAt]
  })
  return [hold.id, hold.orderRef, hold.expiresAt, flags, lines]
}

function holdOf([id, orderRef, expiresAt, flags, lines]: HoldRecord): Reservation {
  const hold = newHold(id, orderRef)
  hold.expiresAt = expiresAt
  FLAGS.forEach((flag, i) => (hold[flag] = (flags & (1 << i)) !== 0))
  hold.lines = lines.map(
    ([line, sku, quantity, asked, node, dueAt, demandClass, firstHeardAt, lastHeardAt]) => {
      const made = newLine(orderRef, line, sku, firstHeardAt)
      made.lastHeardAt = lastHeardAt
      made.holds.set(hold, { quantity, ...(asked === null ? {} : { asked }), node, dueAt, demandClass })
      return made
    },
  )
  return hold
}
