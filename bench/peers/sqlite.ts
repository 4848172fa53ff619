import { DatabaseSync } from 'node:sqlite'
import { grouped, type Hold } from './hold.ts'

/** In the process, WAL with synchronous=FULL, a transaction a batch; nothing else. */
export function sqliteGrouped(path: string, skus: readonly string[], stocked: number): Hold {
  const database = new DatabaseSync(path)
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE stock (sku TEXT PRIMARY KEY, available INTEGER NOT NULL CHECK (available >= 0)) STRICT, WITHOUT ROWID;
    CREATE TABLE reservation (id TEXT PRIMARY KEY, sku TEXT NOT NULL, quantity INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT;
    BEGIN`)
  const fill = database.prepare('INSERT INTO stock VALUES (?, ?)')
  for (const sku of skus) fill.run(sku, stocked)
  database.exec('COMMIT')
  const take = database.prepare(
    'UPDATE stock SET available = available - ?1 WHERE sku = ?2 AND available >= ?1',
  )
  const keep = database.prepare('INSERT INTO reservation VALUES (?, ?, ?, ?)')
  return grouped(async (waiting) => {
    database.exec('BEGIN IMMEDIATE')
    const held = waiting.map(({ id, sku, quantity }) => {
      if (take.run(quantity, sku).changes === 0) return false
      keep.run(id, sku, quantity, Date.now() + 900_000)
      return true
    })
    database.exec('COMMIT')
    return held
  })
}
