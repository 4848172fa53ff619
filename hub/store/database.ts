import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { Pool } from 'pg'
import { drizzlePg, drizzlePglite, migratePg, migratePglite } from './drizzle.ts'

const MIGRATIONS = { migrationsFolder: new URL('./migrations', import.meta.url).pathname }

export type Database = PgDatabase<PgQueryResultHKT>

export type OpenDatabase = { readonly db: Database; readonly close: () => Promise<void> }

/** PostgreSQL at `databaseUrl`, or PGlite under `dataDir`: the same schema, brought up to date. */
export async function openDatabase(options: {
  dataDir: string
  databaseUrl?: string | undefined
}): Promise<OpenDatabase> {
  if (options.databaseUrl !== undefined) {
    const pool = new Pool({ connectionString: options.databaseUrl, max: 8 })
    const db = drizzlePg(pool)
    await migratePg(db, MIGRATIONS)
    return { db, close: () => pool.end() }
  }
  mkdirSync(options.dataDir, { recursive: true })
  const client = await PGlite.create(join(options.dataDir, 'pglite'))
  const db = drizzlePglite(client)
  await migratePglite(db, MIGRATIONS)
  return { db, close: () => client.close() }
}
