import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const MIGRATIONS = new URL('./migrations/', import.meta.url)

/**
 * Opens a region's database and brings its schema up to date. WAL with synchronous=FULL: what is committed has been
 * fsynced, so a power cut loses nothing that was answered. Who writes folds the WAL back only at 128 MB, when
 * `wal-folder.ts`, which does it beside the work, is not there or can't keep up. Pages of 16 kB hold a message of a few
 * hundred facts in few pieces: that is worth a quarter of the writing.
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  database.exec(
    'PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000; PRAGMA wal_autocheckpoint = 8000',
  )
  migrate(database)
  return database
}

/** Runs `work` in one transaction: all of it is on the disk when this returns, or none of it. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function migrate(database: DatabaseSync): void {
  database.exec('CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY) STRICT')
  const known = database.prepare('SELECT 1 FROM migration WHERE name = ?')
  const record = database.prepare('INSERT INTO migration (name) VALUES (?)')
  const files = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  for (const name of files) {
    if (known.get(name)) continue
    inTransaction(database, () => {
      database.exec(readFileSync(new URL(name, MIGRATIONS), 'utf8'))
      record.run(name)
    })
  }
}
