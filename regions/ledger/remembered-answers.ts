import type { DatabaseSync } from 'node:sqlite'
import type { EventOf, Fact } from '../../shared/contract/events.ts'
import { type Instant, parseInstant } from '../../shared/kernel/clock.ts'

export type Deciding = EventOf<'plimsoll.reservation.made'> | EventOf<'plimsoll.reservation.refused'>

/** A request is answered as it was the first time for so long. */
const REMEMBERED_MS = 86_400_000

/**
 * What became of each request, by its idempotency key: grants and refusals alike. Written in the transaction of the
 * decisions, from the decisions, so that whoever folds them can answer as the first writer did.
 */
export class RememberedAnswers {
  readonly #find
  readonly #insert
  readonly #prune

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT digest, body FROM remembered_answer WHERE key = ? AND at > ?')
    this.#insert = database.prepare(
      'INSERT OR REPLACE INTO remembered_answer (key, digest, at, body) VALUES (?, ?, ?, ?)',
    )
    this.#prune = database.prepare('DELETE FROM remembered_answer WHERE at <= ?')
  }

  find(key: string, now: Instant): { readonly digest: string; readonly decided: Deciding } | null {
    const row = this.#find.get(key, now - REMEMBERED_MS)
    return row
      ? { digest: row['digest'] as string, decided: JSON.parse(row['body'] as string) as Deciding }
      : null
  }

  /** Inside the transaction of a batch. */
  keep(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.type !== 'plimsoll.reservation.made' && fact.type !== 'plimsoll.reservation.refused') continue
      const { request } = fact.data
      if (request)
        this.#insert.run(request.key, request.digest, parseInstant(fact.time)!, JSON.stringify(fact))
    }
  }

  prune(now: Instant): void {
    this.#prune.run(now - REMEMBERED_MS)
  }
}
