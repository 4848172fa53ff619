import { closeSync, fdatasync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { inTransaction } from './database.ts'

const sync = promisify(fdatasync)

/**
 * Transactions that do not stop the process while the disk works: SQLite writes its WAL and leaves it to us to sync it, as
 * it does itself with synchronous=FULL. It syncs as ever before it folds the WAL back, so the file is never broken by
 * a power cut; what was not synced yet is then not there, and nobody was told of it.
 */
export class SyncedWrites {
  readonly #database: DatabaseSync
  #wal: number | null = null

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Can be read when this returns; it is on the disk once a `sync` that is asked for later resolves. */
  write(work: () => void): void {
    this.#database.exec('PRAGMA synchronous = NORMAL')
    try {
      inTransaction(this.#database, work)
    } finally {
      this.#database.exec('PRAGMA synchronous = FULL')
    }
  }

  /** All that was written is on the disk when this resolves. If it rejects the process must stop. */
  sync(): Promise<void> {
    return sync(this.#walFile())
  }

  /** A file descriptor of our own: SQLite locks the database and its shared memory, never the WAL. */
  #walFile(): number {
    this.#wal ??= openSync(`${this.#database.location()}-wal`, 'r')
    return this.#wal
  }

  close(): void {
    if (this.#wal !== null) closeSync(this.#wal)
    this.#wal = null
  }
}
