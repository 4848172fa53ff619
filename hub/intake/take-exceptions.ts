import { sql } from '../store/drizzle.ts'
import type { ExceptionRecord } from '../../shared/contract/exceptions.ts'
import type { Database } from '../store/database.ts'
import { regionException } from '../store/tables.ts'

/** Keeps the newest state of each of a region's dead letters. The bytes stay in the region. */
export async function takeExceptions(
  db: Database,
  region: string,
  records: readonly ExceptionRecord[],
): Promise<void> {
  if (records.length === 0) return
  const newest = new Map(records.map((record) => [record.id, record]))
  const rows = [...newest.values()].map((it) => ({
    region,
    id: it.id,
    at: it.at,
    stage: it.stage,
    source: it.source,
    class: it.class,
    code: it.code,
    detail: it.detail,
    attempts: it.attempts,
    status: it.status,
    correlationId: it.correlationId,
  }))
  await db
    .insert(regionException)
    .values(rows)
    .onConflictDoUpdate({
      target: [regionException.region, regionException.id],
      set: {
        status: sql`excluded.status`,
        attempts: sql`excluded.attempts`,
        class: sql`excluded.class`,
        code: sql`excluded.code`,
        detail: sql`excluded.detail`,
      },
    })
}
