import { compareCounts, type Count, isSameFamily } from './count-order.ts'

/** What a count said of one state. */
export type Counted = { readonly count: Count; readonly quantity: number }

/**
 * Where more than one family of counts speaks of a state (count-order.ts), the latest of each: when the family whose
 * count stands says something that puts it behind another's, the other's is needed again. Nearly always empty.
 */
export class RivalCounts {
  readonly #latest = new Map<string, readonly Counted[]>()
  /** Keys changed since the last checkpoint. */
  readonly dirty = new Set<string>()

  static keyOf = (slot: number, state: string): string => `${slot} ${state}`

  of(key: string): readonly Counted[] {
    return this.#latest.get(key) ?? []
  }

  restore(key: string, latest: readonly Counted[]): void {
    this.#latest.set(key, latest)
  }

  /** The count that a state stands on once the candidate is known; null when it changes nothing. */
  choose(key: string, standing: Count, quantityOfStanding: () => number, candidate: Counted): Counted | null {
    let families = this.of(key)
    if (families.length === 0) {
      if (isSameFamily(candidate.count, standing))
        return compareCounts(candidate.count, standing) > 0 ? candidate : null
      families = [{ count: standing, quantity: quantityOfStanding() }]
    }
    const own = families.find(({ count }) => isSameFamily(count, candidate.count))
    if (own && compareCounts(candidate.count, own.count) <= 0) return null
    const latest = [...families.filter((it) => it !== own), candidate]
    this.#latest.set(key, latest)
    this.dirty.add(key)
    const chosen = latest.reduce((a, b) => (compareCounts(b.count, a.count) > 0 ? b : a))
    return compareCounts(chosen.count, standing) === 0 ? null : chosen
  }
}
