import { and, asc, inArray, sql } from '../store/drizzle.ts'
import type { CountReport, Report } from '../../shared/contract/reports.ts'
import { countKey, judgeCount, type Standing } from '../reconcile/judge-count.ts'
import { under } from '../reconcile/standing.ts'
import type { Database } from '../store/database.ts'
import { saveVariances, type VarianceChange } from '../store/save-variances.ts'
import { latestHeartbeat } from '../store/tables.ts'
import { variance } from '../store/variance-tables.ts'
import { takePolicyReports } from './take-policy-reports.ts'

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
  await takePolicyReports(db, region, reports)
  const counts = reports.flatMap((report) => (report.kind === 'counts' ? report.counts : []))
  if (counts.length > 0) await takeCounts(db, region, counts, now)
}

async function takeCounts(
  db: Database,
  region: string,
  counts: CountReport['counts'],
  now: string,
): Promise<void> {
  const standing = await standingUnder(db, new Set(counts.map((count) => countKey(region, count))))
  const changes: VarianceChange[] = []
  for (const count of counts) {
    const key = countKey(region, count)
    const change = judgeCount(region, count, standing.get(key) ?? {}, now)
    if (!change) continue
    changes.push(change)
    standing.set(key, change.row.state === 'open' ? { ...standing.get(key), open: change.row } : {})
  }
  await saveVariances(db, changes)
}

async function standingUnder(db: Database, keys: ReadonlySet<string>): Promise<Map<string, Standing>> {
  const rows = await db
    .select()
    .from(variance)
    .where(and(inArray(variance.state, ['open', 'accepted']), under(keys)))
    .orderBy(asc(variance.updatedAt))
    // Nobody acts on them until this is written.
    .for('update')
  const standing = new Map<string, Standing>()
  for (const row of rows) {
    const place = row.state === 'open' ? { open: row } : { accepted: row }
    standing.set(row.key, { ...standing.get(row.key), ...place })
  }
  return standing
}
