import type { JournalEntry } from '../../../../shared/contract/journal-api.ts'

export type Delays = {
  readonly source: string
  readonly facts: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

/** How long facts took from when they happened to the region's disk, by source; the slowest source first. */
export function delaysOf(entries: readonly JournalEntry[]): Delays[] {
  const bySource = new Map<string, number[]>()
  for (const { event, recordedAt, status } of entries) {
    const { time } = event as { time?: unknown }
    if (status !== 'accepted' || typeof time !== 'string') continue
    const ms = Math.max(0, Date.parse(recordedAt) - Date.parse(time))
    const list = bySource.get(event.source)
    if (list) list.push(ms)
    else bySource.set(event.source, [ms])
  }
  return [...bySource]
    .map(([source, list]) => {
      const sorted = list.toSorted((a, b) => a - b)
      const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share))
      return { source, facts: sorted.length, p50Ms: p50Ms!, p95Ms: p95Ms!, p99Ms: p99Ms! }
    })
    .toSorted((a, b) => b.p95Ms - a.p95Ms || (a.source < b.source ? -1 : 1))
}

/** The nearest rank: a value that really was measured. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!
