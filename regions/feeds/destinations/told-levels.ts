import type { Instant } from '../../../shared/kernel/clock.ts'

/** How long a shop's own change is left alone: the order that made it is on its way to us, and the figure after it. */
const LEFT_ALONE_MS = 5_000

/**
 * What a shop was last told of each place, and where it has something else by now: it sold some, or somebody changed it there.
 * A figure that does not know of that would give back what is sold.
 */
export class ToldLevels {
  readonly #told = new Map<string, number>()
  readonly #changed = new Map<string, Instant>()

  /** What the shop must still have for a figure to be set; null where that is not known, or has been waited for. */
  expectedAt(place: string): number | null {
    return this.#changed.has(place) ? null : (this.#told.get(place) ?? null)
  }

  /** Whether nothing may be set there yet. */
  isLeftAlone(place: string, now: Instant): boolean {
    const changedAt = this.#changed.get(place)
    return changedAt !== undefined && now - changedAt < LEFT_ALONE_MS
  }

  noteChanged(place: string, now: Instant): void {
    if (!this.#changed.has(place)) this.#changed.set(place, now)
  }

  noteTold(place: string, quantity: number): void {
    this.#told.set(place, quantity)
    this.#changed.delete(place)
  }
}
