import TinyQueue from 'tinyqueue'
import type { Instant } from '../../../shared/kernel/clock.ts'

const TENTH_MS = 100

/**
 * Holds by when they end, so that finding those that have ended costs nothing while none has. Those of a tenth of a second lie together:
 * an entry each would be as much memory again as the hold's own state.
 */
export class Expiries<T> {
  /** When one ends; 0 when it does not, or not any more. */
  readonly #endOf: (it: T) => Instant
  readonly #byTenth = new Map<number, T[]>()
  readonly #tenths = new TinyQueue<number>()
  /** When the first of the earliest tenth of a second ends; null until it is looked for again. */
  #nextAt: Instant | null = Number.POSITIVE_INFINITY

  constructor(endOf: (it: T) => Instant) {
    this.#endOf = endOf
  }

  add(it: T): void {
    const expiresAt = this.#endOf(it)
    if (expiresAt <= 0) return
    const tenth = tenthOf(expiresAt)
    const known = this.#byTenth.get(tenth)
    if (known) known.push(it)
    else {
      this.#byTenth.set(tenth, [it])
      this.#tenths.push(tenth)
    }
    if (this.#nextAt !== null) this.#nextAt = Math.min(this.#nextAt, expiresAt)
  }

  /** When the next hold may end: it may be over by now. */
  get nextAt(): Instant {
    return (this.#nextAt ??= this.#findNext())
  }

  /** Takes out those that have ended by a moment. */
  *take(now: Instant): Generator<T> {
    while (this.nextAt <= now) {
      const tenth = this.#tenths.peek()!
      const [ended, left] = [[] as T[], [] as T[]]
      for (const it of this.#endingIn(tenth)) (this.#endOf(it) <= now ? ended : left).push(it)
      this.#byTenth.set(tenth, left)
      this.#nextAt = null
      // One may stand there twice.
      for (const it of ended) if (this.#endOf(it) > 0) yield it
    }
  }

  /** Forgets those that end about these moments no more. */
  tidy(ends: readonly Instant[]): void {
    for (const tenth of new Set(ends.map(tenthOf)))
      if (this.#byTenth.has(tenth)) this.#byTenth.set(tenth, this.#endingIn(tenth))
  }

  /** Those that have not been extended beyond it, or ended otherwise, since they were noted. */
  #endingIn(tenth: number): T[] {
    return this.#byTenth.get(tenth)!.filter((it) => tenthOf(this.#endOf(it)) === tenth)
  }

  #findNext(): Instant {
    for (let tenth = this.#tenths.peek(); tenth !== undefined; tenth = this.#tenths.peek()) {
      const next = this.#endingIn(tenth).reduce(
        (first, it) => Math.min(first, this.#endOf(it)),
        Number.POSITIVE_INFINITY,
      )
      if (next < Number.POSITIVE_INFINITY) return next
      this.#byTenth.delete(tenth)
      this.#tenths.pop()
    }
    return Number.POSITIVE_INFINITY
  }
}

const tenthOf = (moment: Instant): number => Math.floor(moment / TENTH_MS)
