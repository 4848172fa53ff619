import { VELOCITY_DAYS_MAX } from '../../../shared/domain/tier-rule.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { ints } from './columns.ts'
import { DirtyPages } from './dirty-pages.ts'

const MS_PER_DAY = 86_400_000

/** Skus that a checkpoint writes together. */
export const PAGE_SKUS = 64

const dayNumber = (at: Instant): number => Math.floor(at / MS_PER_DAY)

/**
 * Units shipped of each sku on each of the last days, UTC by event time: a ring of columns, one a day. What is older than
 * the ring when it comes is left out; that is the same whatever order it comes in.
 */
export class Velocity {
  readonly #days = Array.from({ length: VELOCITY_DAYS_MAX }, () => ints())
  #latest = 0
  readonly dirty = new DirtyPages(PAGE_SKUS)

  /** The latest day that anything was shipped on, in days since 1970. */
  get latestDay(): number {
    return this.#latest
  }

  ship(sku: number, quantity: number, at: Instant): void {
    const day = dayNumber(at)
    this.#advance(day)
    if (day <= this.#latest - VELOCITY_DAYS_MAX) return
    const column = this.#days[day % VELOCITY_DAYS_MAX]!
    column.ensure(sku + 1)
    column.values[sku] = Math.min(UNITS_MAX, column.values[sku]! + quantity)
    this.dirty.mark(sku)
  }

  /** Units shipped over so many days back, today included. */
  shipped(sku: number, days: number, now: Instant): number {
    const today = dayNumber(now)
    let sum = 0
    for (let day = Math.max(today - days, this.#latest - VELOCITY_DAYS_MAX) + 1; day <= today; day++)
      if (day <= this.#latest) sum += this.#days[day % VELOCITY_DAYS_MAX]!.values[sku] ?? 0
    return sum
  }

  /** Of each sku of a page, as a checkpoint keeps it: on how many days it sold, and for each its place in the ring and the units. */
  readPage(page: number): number[] {
    const [from, to] = [page * PAGE_SKUS, (page + 1) * PAGE_SKUS]
    const days = [...this.#days.keys()].filter((day) => isAnySold(this.#days[day]!.values, from, to))
    const words: number[] = []
    for (let sku = from; sku < to; sku++) {
      const count = words.push(0) - 1
      for (const day of days) {
        const units = this.#days[day]!.values[sku]!
        if (units === 0 || units === undefined) continue
        words[count]!++
        words.push(day, units)
      }
    }
    return words
  }

  restore(latestDay: number): void {
    this.#latest = latestDay
  }

  /** `day` is the place in the ring that `readPage` gave. */
  restoreDay(sku: number, day: number, units: number): void {
    const column = this.#days[day]!
    column.ensure(sku + 1)
    column.values[sku] = units
  }

  #advance(day: number): void {
    if (day <= this.#latest) return
    const passed = Math.min(day - this.#latest, VELOCITY_DAYS_MAX)
    for (let d = day - passed + 1; d <= day; d++) this.#days[d % VELOCITY_DAYS_MAX]!.values.fill(0)
    this.#latest = day
  }
}

function isAnySold(values: Int32Array, from: number, to: number): boolean {
  const end = Math.min(to, values.length)
  for (let sku = from; sku < end; sku++) if (values[sku] !== 0) return true
  return false
}

/** A day's sum stays within 32 bits; more than two thousand million a day is fast enough to know. */
const UNITS_MAX = 2_000_000_000
