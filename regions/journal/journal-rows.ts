import type { DatabaseSync } from 'node:sqlite'
import type { Fact } from '../../shared/contract/events.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { factsIn } from '../ledger/journal-body.ts'
import { FACT_STATUSES } from '../ledger/journal.ts'

/** A fact of the journal, and what became of it. */
export type JournalFact = {
  readonly entry: number
  readonly stream: string
  readonly streamSequence: number
  readonly recordedAt: Instant
  readonly status: (typeof FACT_STATUSES)[number]
  /** The region's version when this fact had taken effect; null when it had none. */
  readonly version: number | null
  readonly event: Fact
}

const COLUMNS = 'entry, stream, stream_sequence, recorded_at, sequence_before, body, statuses'
const NOT_VOID = 'entry NOT IN (SELECT entry FROM voided)'

/** The journal's entries as a reader wants them: forwards, backwards, one, and by time. Void ones never happened. */
export class JournalRows {
  readonly #after
  readonly #before
  readonly #one
  readonly #ends
  readonly #at
  readonly #hash

  constructor(database: DatabaseSync) {
    this.#after = database.prepare(
      `SELECT ${COLUMNS} FROM journal WHERE entry > ? AND ${NOT_VOID} ORDER BY entry LIMIT ?`,
    )
    this.#before = database.prepare(
      `SELECT ${COLUMNS} FROM journal WHERE entry < ? AND entry >= ? AND ${NOT_VOID} ORDER BY entry DESC LIMIT ?`,
    )
    this.#one = database.prepare(`SELECT ${COLUMNS} FROM journal WHERE entry = ? AND ${NOT_VOID}`)
    this.#ends = database.prepare('SELECT min(entry) AS first, max(entry) AS last FROM journal')
    this.#at = database.prepare(
      'SELECT recorded_at FROM journal WHERE entry <= ? ORDER BY entry DESC LIMIT 1',
    )
    this.#hash = database.prepare('SELECT hash FROM journal WHERE entry = ?')
  }

  /** The facts of the entries behind one, as many entries as asked for. */
  after(entry: number, limit: number): { readonly entry: number; readonly facts: JournalFact[] }[] {
    return this.#after
      .all(entry, limit)
      .map((row) => ({ entry: row['entry'] as number, facts: factsOf(row) }))
  }

  /** The entries before one and from another on, latest first. */
  *before(
    entry: number,
    from: number,
    limit: number,
  ): Generator<{ readonly entry: number; readonly facts: JournalFact[] }> {
    for (const row of this.#before.iterate(entry, from, limit))
      yield { entry: row['entry'] as number, facts: factsOf(row) }
  }

  /** None when the entry is void. */
  factsAt(entry: number): JournalFact[] {
    const row = this.#one.get(entry)
    return row === undefined ? [] : factsOf(row)
  }

  ends(): { readonly first: number; readonly last: number } {
    const row = this.#ends.get()!
    return { first: Number(row['first'] ?? 0), last: Number(row['last'] ?? 0) }
  }

  hashAt(entry: number): string {
    const hash = this.#hash.get(entry)?.['hash'] as Uint8Array | undefined
    return hash === undefined ? '' : Buffer.from(hash).toString('hex')
  }

  /** The first entry that was recorded at a moment or later; entries are recorded in order. One behind the last when none was. */
  firstFrom(at: Instant): number {
    const { first, last } = this.ends()
    let [low, high] = [first, last + 1]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (Number(this.#at.get(middle)?.['recorded_at'] ?? 0) < at) low = middle + 1
      else high = middle
    }
    return low
  }
}

function factsOf(row: Record<string, unknown>): JournalFact[] {
  const statuses = row['statuses'] as Uint8Array
  let version = row['sequence_before'] as number
  return factsIn(row['body'] as Uint8Array).map((event, i) => {
    const status = FACT_STATUSES[statuses[i]!]!
    const isAccepted = status === 'accepted'
    if (isAccepted) version++
    return {
      entry: row['entry'] as number,
      stream: row['stream'] as string,
      streamSequence: row['stream_sequence'] as number,
      recordedAt: row['recorded_at'] as number,
      status,
      version: isAccepted ? version : null,
      event,
    }
  })
}
