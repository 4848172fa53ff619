import { sql } from './drizzle.ts'
import type { VarianceStepName } from '../../shared/contract/variance-api.ts'
import type { Database } from './database.ts'
import { variance, varianceStep } from './variance-tables.ts'

export type VarianceRow = typeof variance.$inferSelect

/** A variance as it is now, and what happened to it; without a step it is only written. */
export type VarianceChange = {
  readonly row: VarianceRow
  readonly step?: { readonly what: VarianceStepName; readonly by: string; readonly detail: string }
}

/** By whom a step is that no person took. */
export const CENTRE = 'centre'

const ROWS_MAX = 1_000

/** Writes variances as they are now, and their steps behind those that are written. Of one row, the last change stands. */
export async function saveVariances(db: Database, changes: readonly VarianceChange[]): Promise<void> {
  const rows = [...new Map(changes.map(({ row }) => [row.id, row])).values()]
  const steps = changes.flatMap(({ row, step }) =>
    step ? [{ variance: row.id, at: row.updatedAt, ...step }] : [],
  )
  for (let at = 0; at < rows.length; at += ROWS_MAX) {
    await db
      .insert(variance)
      .values(rows.slice(at, at + ROWS_MAX))
      .onConflictDoUpdate({
        target: variance.id,
        set: {
          class: sql`excluded.class`,
          state: sql`excluded.state`,
          isSettled: sql`excluded.is_settled`,
          isClassDue: sql`excluded.is_class_due`,
          difference: sql`excluded.difference`,
          value: sql`excluded.value`,
          seen: sql`excluded.seen`,
          owner: sql`excluded.owner`,
          updatedAt: sql`excluded.updated_at`,
          closedAt: sql`excluded.closed_at`,
          evidence: sql`excluded.evidence`,
          proposal: sql`excluded.proposal`,
        },
      })
  }
  for (let at = 0; at < steps.length; at += ROWS_MAX)
    await db.insert(varianceStep).values(steps.slice(at, at + ROWS_MAX))
}
