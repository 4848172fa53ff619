import type { Instant } from '../../../shared/kernel/clock.ts'

/** By what the later of two words is known, alike on every replica: its time; ties fall by source and id. */
export type Rank = readonly [time: Instant, source: string, id: string]

export function isLater(a: Rank, b: Rank): boolean {
  if (a[0] !== b[0]) return a[0] > b[0]
  if (a[1] !== b[1]) return a[1] > b[1]
  return a[2] > b[2]
}
