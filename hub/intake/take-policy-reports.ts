import { sql } from '../store/drizzle.ts'
import type { Report } from '../../shared/contract/reports.ts'
import type { Database } from '../store/database.ts'
import { policyRun } from '../store/policy-tables.ts'

/** Keeps what a region said last of the policies it runs. */
export async function takePolicyReports(
  db: Database,
  region: string,
  reports: readonly Report[],
): Promise<void> {
  const latest = reports.findLast((report) => report.kind === 'policies')
  if (!latest) return
  await db
    .insert(policyRun)
    .values({ region, body: latest })
    .onConflictDoUpdate({ target: policyRun.region, set: { body: sql`excluded.body` } })
}
