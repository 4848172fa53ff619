import type { DatabaseSync } from 'node:sqlite'
import { orUnavailable } from '../../shared/node/unavailable.ts'
import type { Handover } from '../ops/handover.ts'

/**
 * The secrets that sources sign with, kept beside the ledger and never in a fact. Each is handed over to the region's next
 * writer before it counts here.
 */
export class SourceSecrets {
  readonly #get
  readonly #put
  readonly #all
  readonly #handover: Pick<Handover, 'secrets' | 'putSecret'>

  constructor(database: DatabaseSync, handover: Pick<Handover, 'secrets' | 'putSecret'>) {
    this.#handover = handover
    this.#get = database.prepare('SELECT secret FROM source_secret WHERE source = ?')
    this.#put = database.prepare('INSERT OR REPLACE INTO source_secret (source, secret) VALUES (?, ?)')
    this.#all = database.prepare('SELECT source, secret FROM source_secret')
  }

  /** Undefined when the source signs nothing. */
  of(source: string): string | undefined {
    return this.#get.get(source)?.['secret'] as string | undefined
  }

  async put(source: string, secret: string): Promise<void> {
    await orUnavailable(
      this.#handover.putSecret(source, secret),
      'the region’s NATS does not answer; the secret was not changed',
    )
    this.#put.run(source, secret)
  }

  /** Takes over what the writer before had, and hands over what is known here alone. */
  async takeOver(): Promise<void> {
    const theirs = await this.#handover.secrets()
    for (const [source, secret] of theirs) this.#put.run(source, secret)
    for (const { source, secret } of this.#all.all())
      if (!theirs.has(source as string)) await this.#handover.putSecret(source as string, secret as string)
  }
}
