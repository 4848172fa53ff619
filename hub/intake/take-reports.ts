import { and, eq, inArray, sql } from 'drizzle-orm'
import type { CountReport, Report } from '../../shared/contract/reports.ts'
import { countKey, judgeCount, type VarianceRow } from '../reconcile/judge-count.ts'
import type { Database } from '../store/database.ts'
import { saveVariances } from '../store/save-variances.ts'
import { latestHeartbeat, variance } from '../store/tables.ts'

/** Keeps a region's newest heartbeat, and judges its counts in the order they were made. */
export async function takeReports(
  db: Database,
  region: string,
  reports: readonly Report[],
  now: string,
): Promise<void> {
  const heartbeat = reports.findLast((report) => report.kind === 'heartbeat')
  if (heartbeat) {
    await db
      .insert(latestHeartbeat)
      .values({ region, body: heartbeat })
      .onConflictDoUpdate({ target: latestHeartbeat.region, set: { body: sql`excluded.body` } })
  }
  const counts = reports.flatMap((report) => (report.kind === 'counts' ? report.counts : []))
  if (counts.length > 0) await takeCounts(db, region, counts, now)
}

async function takeCounts(
  db: Database,
  region: string,
  counts: CountReport['counts'],
  now: string,
): Promise<void> {
  const keys = [...new Set(counts.map((count) => countKey(region, count)))]
  const standing = await db
    .select()
    .from(variance)
    .where(and(inArray(variance.key, keys), eq(variance.state, 'open')))
  const open = new Map(standing.map((row) => [row.key, row]))
  const written = new Map<string, VarianceRow>()
  for (const count of counts) {
    const key = countKey(region, count)
    const row = judgeCount(region, count, open.get(key), now)
    if (!row) continue
    written.set(row.id, row)
    if (row.state === 'open') open.set(key, row)
    else open.delete(key)
  }
  await saveVariances(db, [...written.values()])
}
