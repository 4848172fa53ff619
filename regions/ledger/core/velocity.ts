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

  /** The ring's columns for a sku, as a checkpoint keeps them. */
  read(sku: number): number[] {
    return this.#days.map(({ values }) => values[sku] ?? 0)
  }

  restore(latestDay: number): void {
    this.#latest = latestDay
  }

  /** `day` is the place in what `read` gave. */
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

/** A day's sum stays within 32 bits; more than two thousand million a day is fast enough to know. */
const UNITS_MAX = 2_000_000_000
