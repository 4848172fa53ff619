import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/** The tables of a checkpoint, and the columns that are written, the key's first. */
const TABLES = {
  name: 'kind, id, text',
  position_page: 'page, body',
  velocity_page: 'page, body',
  delta_page: 'page, deltas, body',
  delta_lost: 'slot, until',
  rival_count: 'key, body',
  observation: 'slot, body',
  source_word: 'source, body',
  master_record: 'kind, subject, body',
  finished_order: 'id, keys',
  demand_line: 'order_ref, line, sku, body',
  cancelled_order: 'order_ref, heard_at',
  reservation: 'id, body',
  supply: 'ref, sku, node, body',
  flow: 'order_ref, body',
} as const

export type KeptTable = keyof typeof TABLES

/** Writes rows over what was there under the same key, and reads them back in the order of their keys. */
export class Keeper {
  readonly database: DatabaseSync
  readonly #writes = new Map<KeptTable, StatementSync>()
  readonly #removes = new Map<KeptTable, StatementSync>()

  constructor(database: DatabaseSync) {
    this.database = database
  }

  write(table: KeptTable, values: SQLInputValue[]): void {
    let statement = this.#writes.get(table)
    if (!statement) {
      const columns = TABLES[table]
      const places = columns.replace(/[^,]+/g, '?')
      statement = this.database.prepare(`INSERT OR REPLACE INTO ${table} (${columns}) VALUES (${places})`)
      this.#writes.set(table, statement)
    }
    statement.run(...values)
  }

  /** Takes out every row whose key begins so. */
  remove(table: KeptTable, first: SQLInputValue): void {
    let statement = this.#removes.get(table)
    if (!statement) {
      const [column] = TABLES[table].split(', ')
      statement = this.database.prepare(`DELETE FROM ${table} WHERE ${column} = ?`)
      this.#removes.set(table, statement)
    }
    statement.run(first)
  }

  count(table: KeptTable): number {
    return Number(this.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'] ?? 0)
  }

  rows(table: KeptTable): Iterable<Record<string, unknown>> {
    const [first, second] = TABLES[table].split(', ')
    const order = table === 'name' || table === 'master_record' ? `${first}, ${second}` : first
    return this.database.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).iterate()
  }
}
