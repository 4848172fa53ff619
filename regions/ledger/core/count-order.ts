import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Delta } from './delta-history.ts'

/** A count that a position stands on, or that would replace it. */
export type Count = {
  /** Interned. */
  readonly source: number
  /** For the tie between sources, which must fall alike on every replica. */
  readonly sourceName: string
  readonly id: string
  readonly asOf: Instant
  /** The source's own counter; -1 when it has none. */
  readonly sequence: number
}

/**
 * Counts of one family are ordered among themselves: those that a source numbered, or all that nobody numbered. Between
 * families only the moment decides. Ordering all of them in one go, by number here and by moment there, would go round
 * in circles, and the count that stands would depend on the order of arrival.
 */
export const isSameFamily = (a: Count, b: Count): boolean =>
  a.sequence < 0 ? b.sequence < 0 : b.sequence >= 0 && a.source === b.source

/** Positive when `a` is the later word: by the source's own counter, else by the moment, source and id. */
export function compareCounts(a: Count, b: Count): number {
  if (isSameFamily(a, b) && a.sequence !== b.sequence) return a.sequence - b.sequence
  if (a.asOf !== b.asOf) return a.asOf - b.asOf
  if (a.sourceName !== b.sourceName) return a.sourceName < b.sourceName ? -1 : 1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** Whether a delta happened strictly after a count was taken, and so is not yet in it. */
export function isAfter(delta: Delta, count: Count): boolean {
  if (delta.source === count.source && delta.sequence >= 0 && count.sequence >= 0)
    return delta.sequence > count.sequence
  return delta.time > count.asOf
}
