import type { DatabaseSync } from 'node:sqlite'

/** The secrets that sources sign with, kept beside the ledger and never in a fact. */
export class SourceSecrets {
  readonly #get
  readonly #put

  constructor(database: DatabaseSync) {
    this.#get = database.prepare('SELECT secret FROM source_secret WHERE source = ?')
    this.#put = database.prepare('INSERT OR REPLACE INTO source_secret (source, secret) VALUES (?, ?)')
  }

  /** Undefined when the source signs nothing. */
  of(source: string): string | undefined {
    return this.#get.get(source)?.['secret'] as string | undefined
  }

  put(source: string, secret: string): void {
    this.#put.run(source, secret)
  }
}
