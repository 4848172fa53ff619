import { sql } from 'drizzle-orm'
import type { VarianceRow } from '../reconcile/judge-count.ts'
import type { Database } from './database.ts'
import { variance } from './tables.ts'

const ROWS_MAX = 1_000

/** Writes variances as they are now. */
export async function saveVariances(db: Database, rows: readonly VarianceRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_MAX) {
    await db
      .insert(variance)
      .values(rows.slice(at, at + ROWS_MAX))
      .onConflictDoUpdate({
        target: variance.id,
        set: {
          state: sql`excluded.state`,
          difference: sql`excluded.difference`,
          value: sql`excluded.value`,
          seen: sql`excluded.seen`,
          updatedAt: sql`excluded.updated_at`,
          closedAt: sql`excluded.closed_at`,
          evidence: sql`excluded.evidence`,
        },
      })
  }
}
