import type { RegionRun } from '../../shared/contract/governed-policy-api.ts'
import { PolicyReport } from '../../shared/contract/policy-bundle.ts'
import { Region } from '../../shared/domain/ids.ts'
import type { Database } from '../store/database.ts'
import { policyRun } from '../store/policy-tables.ts'
import type { PolicyBook } from './policy-book.ts'

/** Which policies each region should run, and which it says it does. */
export async function regionRuns(
  db: Database,
  book: PolicyBook,
  regions: readonly string[],
): Promise<RegionRun[]> {
  const rows = await db.select().from(policyRun)
  const told = new Map(rows.map(({ region, body }) => [region, PolicyReport.safeParse(body).data]))
  return Promise.all(
    regions.map(async (region) => {
      const wanted = await book.wanted(region)
      const report = told.get(region)
      const running = report?.revision ?? null
      return {
        region: Region.parse(region),
        wanted,
        running,
        isCurrent: (running ?? 0) === wanted,
        toldAt: report?.at ?? null,
        applied: report?.applied ?? 0,
        overridden: report?.overridden ?? [],
        refused: report?.refused ?? [],
      }
    }),
  )
}
