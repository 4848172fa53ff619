import type { DatabaseSync } from 'node:sqlite'
import type { Instant } from '../../shared/kernel/clock.ts'

export type Tried = { readonly attempts: number; readonly nextAt: Instant; readonly error: string }

/** What has been tried and has to be tried again: kept, so that a start does not begin to count anew. */
export class OrderTasks {
  readonly #tried = new Map<string, Tried>()
  readonly #put
  readonly #drop

  constructor(database: DatabaseSync) {
    this.#put = database.prepare(
      'INSERT OR REPLACE INTO order_task (key, attempts, next_at, error) VALUES (?, ?, ?, ?)',
    )
    this.#drop = database.prepare('DELETE FROM order_task WHERE key = ?')
    for (const row of database.prepare('SELECT * FROM order_task').all())
      this.#tried.set(row['key'] as string, {
        attempts: row['attempts'] as number,
        nextAt: row['next_at'] as number,
        error: row['error'] as string,
      })
  }

  find(key: string): Tried | undefined {
    return this.#tried.get(key)
  }

  put(key: string, tried: Tried): void {
    this.#tried.set(key, tried)
    this.#put.run(key, tried.attempts, tried.nextAt, tried.error)
  }

  drop(key: string): void {
    if (this.#tried.delete(key)) this.#drop.run(key)
  }
}
