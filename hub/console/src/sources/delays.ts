import type { JournalEntry } from '../../../../shared/contract/journal-api.ts'
import { percentile } from '../../../../shared/kernel/percentile.ts'
import type { Delay } from './delay-chart.tsx'

/** How long facts took from when they happened to the region's disk, by source; the slowest source first. */
export function delaysOf(entries: readonly JournalEntry[]): Delay[] {
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
    .map(([name, list]) => {
      const sorted = list.toSorted((a, b) => a - b)
      const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share))
      return { name, count: sorted.length, p50Ms: p50Ms!, p95Ms: p95Ms!, p99Ms: p99Ms! }
    })
    .toSorted((a, b) => b.p95Ms - a.p95Ms || (a.name < b.name ? -1 : 1))
}
