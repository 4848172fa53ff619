import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Instant } from '../../shared/kernel/clock.ts'
import { release } from '../store/release.ts'
import { packBody, unpackBody } from './journal-body.ts'

/** One message of a stream as the journal keeps it. */
export type JournalEntry = {
  readonly stream: string
  readonly streamSequence: number
  readonly recordedAt: Instant
  readonly sequenceBefore: number
  readonly body: Uint8Array
  readonly keys: Uint32Array
  /** A byte a fact, in order: the index into FACT_STATUSES. */
  readonly statuses: Uint8Array
}

/** An entry that is what was written. */
type VerifiedEntry = Pick<JournalEntry, 'stream' | 'recordedAt'> & {
  readonly entry: number
  /** As it is kept: `factsIn` reads it. Unpacking those that nobody folds would take longer than verifying them. */
  readonly body: Uint8Array
}

export const FACT_STATUSES = ['accepted', 'duplicate', 'conflict'] as const

/** The last entry of DECISIONS of which it is known that the stream has it. */
const CONFIRMED = 'decisions.confirmed'
const MESSAGES_PAGE = 100

export type StreamCursor = { readonly created: string; readonly sequence: number }

/** The journal is not what was written. The process must not go on: what it would build on is not what happened. */
class JournalAltered extends Error {
  override readonly name = 'JournalAltered'
}

/**
 * The append-only record of everything the ledger took in, and how far each stream is read. Writes are made inside a
 * transaction. Each entry carries a hash over itself and the one before, so that a changed, lost or added one is found.
 */
export class Journal {
  readonly #insert
  readonly #after
  readonly #keys
  readonly #hashOf
  readonly #unconfirmed
  readonly #messages
  readonly #void
  readonly #voided: Set<number>
  readonly #cursor
  readonly #setCursor
  readonly #meta
  readonly #setMeta
  #lastHash: Uint8Array = new Uint8Array(32)

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO journal (stream, stream_sequence, recorded_at, sequence_before, keys, statuses, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#after = database.prepare('SELECT * FROM journal WHERE entry > ? ORDER BY entry')
    this.#keys = database.prepare(
      'SELECT keys, statuses FROM journal WHERE entry <= ? AND entry NOT IN (SELECT entry FROM voided) ORDER BY entry',
    )
    this.#hashOf = database.prepare(
      'SELECT entry, hash FROM journal WHERE entry <= ? ORDER BY entry DESC LIMIT 1',
    )
    this.#unconfirmed = database.prepare(
      `SELECT entry, stream_sequence, body FROM journal WHERE stream = 'DECISIONS' AND entry > ? AND entry NOT IN (SELECT entry FROM voided) ORDER BY entry`,
    )
    this.#messages = database.prepare(
      `SELECT entry, stream_sequence, body FROM journal WHERE stream = ? AND entry > ? AND stream_sequence > ? AND entry NOT IN (SELECT entry FROM voided) ORDER BY entry LIMIT ${MESSAGES_PAGE}`,
    )
    this.#void = database.prepare('INSERT OR IGNORE INTO voided (entry) VALUES (?)')
    this.#voided = new Set(
      database
        .prepare('SELECT entry FROM voided')
        .all()
        .map((row) => row['entry'] as number),
    )
    this.#cursor = database.prepare('SELECT created, sequence FROM cursor WHERE stream = ?')
    this.#setCursor = database.prepare(
      'INSERT INTO cursor (stream, created, sequence) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET created = excluded.created, sequence = excluded.sequence',
    )
    this.#meta = database.prepare('SELECT value FROM meta WHERE key = ?')
    this.#setMeta = database.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    )
  }

  /** Returns the entry's number. */
  append(entry: JournalEntry): number {
    const kept = { ...entry, keys: bytesOf(entry.keys), body: packBody(entry.body) }
    const { stream, streamSequence, recordedAt, sequenceBefore, body, keys, statuses } = kept
    this.#lastHash = hashOf(this.#lastHash, kept)
    const values = [
      stream,
      streamSequence,
      recordedAt,
      sequenceBefore,
      keys,
      statuses,
      this.#lastHash,
      body,
    ] as const
    return Number(this.#insert.run(...values).lastInsertRowid)
  }

  /** The keys and statuses of all entries up to one: what has been seen. Good until the next ones are asked for. */
  *keysTo(entry: number): Generator<{ readonly keys: Uint32Array; readonly statuses: Uint8Array }> {
    for (const row of this.#keys.iterate(entry)) {
      const [keys, statuses] = [row['keys'] as Uint8Array, row['statuses'] as Uint8Array]
      yield { keys: wordsOf(keys), statuses }
      release(keys)
      release(statuses)
    }
  }

  /** The entries after one, in order; each is good until the next is asked for. Throws JournalAltered at the first that is not what was written. */
  *entriesAfter(entry: number): Generator<VerifiedEntry> {
    let previous = this.#hashAt(entry)
    for (const row of this.#after.iterate(entry)) {
      const kept = keptOf(row)
      const found = hashOf(previous, kept)
      if (Buffer.compare(found, row['hash'] as Uint8Array) !== 0) {
        throw new JournalAltered(
          `journal entry ${row['entry']}, or the one before it, is not what was written; restore the database`,
        )
      }
      previous = found
      yield {
        entry: row['entry'] as number,
        stream: kept.stream,
        recordedAt: kept.recordedAt,
        body: kept.body,
      }
      for (const bytes of [kept.body, kept.keys, kept.statuses]) release(bytes)
    }
    this.#lastHash = previous
  }

  /** Entries of DECISIONS of which it is not known whether the stream has them, in order. */
  unconfirmed(): { entry: number; streamSequence: number; body: Uint8Array }[] {
    return this.#unconfirmed.all(this.number(CONFIRMED)).map((row) => ({
      entry: row['entry'] as number,
      streamSequence: row['stream_sequence'] as number,
      body: unpackBody(row['body'] as Uint8Array),
    }))
  }

  /** The stream has the decisions up to this entry, the last of them at this place. */
  confirm(entry: number, cursor: StreamCursor): void {
    this.setNumber(CONFIRMED, entry)
    this.setCursor('DECISIONS', cursor)
  }

  /** The messages of a stream behind one of its sequences, in the order in which they were taken; without void ones. */
  *messagesOf(
    stream: string,
    after: number,
    afterEntry = 0,
  ): Generator<{ readonly entry: number; readonly sequence: number; readonly body: Uint8Array }> {
    // By pages, so that no statement stays open while someone writes.
    for (let from = afterEntry; ;) {
      const page = this.#messages.all(stream, from, after)
      for (const row of page)
        yield {
          entry: row['entry'] as number,
          sequence: row['stream_sequence'] as number,
          body: unpackBody(row['body'] as Uint8Array),
        }
      if (page.length < MESSAGES_PAGE) return
      from = page[page.length - 1]!['entry'] as number
    }
  }

  /**
   * Looks whether entries are what was written, from behind one on. Answers how far it looked, and the first entry that is
   * not; it changes nothing, and may be called at any time.
   */
  check(after: number, bytesMax: number): { readonly to: number; readonly altered: number | null } {
    let previous = this.#hashAt(after)
    let [to, bytes] = [after, 0]
    for (const row of this.#after.iterate(after)) {
      const [entry, kept] = [row['entry'] as number, keptOf(row)]
      previous = hashOf(previous, kept)
      if (Buffer.compare(previous, row['hash'] as Uint8Array) !== 0) return { to: entry, altered: entry }
      to = entry
      bytes += kept.body.length
      for (const read of [kept.body, kept.keys, kept.statuses]) release(read)
      if (bytes >= bytesMax) break
    }
    return { to, altered: null }
  }

  #hashAt(entry: number): Uint8Array {
    return (this.#hashOf.get(entry)?.['hash'] as Uint8Array | undefined) ?? new Uint8Array(32)
  }

  /** An entry that never happened: another writer was faster. It stays in the chain, and is folded no more. */
  void(entry: number): void {
    this.#void.run(entry)
    this.#voided.add(entry)
  }

  isVoid = (entry: number): boolean => this.#voided.has(entry)

  lastEntry(): number {
    return Number(this.#hashOf.get(Number.MAX_SAFE_INTEGER)?.['entry'] ?? 0)
  }

  cursor(stream: string): StreamCursor | null {
    const row = this.#cursor.get(stream)
    return row ? { created: row['created'] as string, sequence: row['sequence'] as number } : null
  }

  setCursor(stream: string, { created, sequence }: StreamCursor): void {
    this.#setCursor.run(stream, created, sequence)
  }

  text(key: string): string | null {
    return (this.#meta.get(key)?.['value'] as string | undefined) ?? null
  }

  setText(key: string, value: string): void {
    this.#setMeta.run(key, value)
  }

  number(key: string): number {
    return Number(this.#meta.get(key)?.['value'] ?? 0)
  }

  setNumber(key: string, value: number): void {
    this.#setMeta.run(key, String(value))
  }
}

/** An entry in the bytes of its row. */
type KeptEntry = Omit<JournalEntry, 'keys'> & { readonly keys: Uint8Array }

const keptOf = (row: Record<string, unknown>): KeptEntry => ({
  stream: row['stream'] as string,
  streamSequence: row['stream_sequence'] as number,
  recordedAt: row['recorded_at'] as number,
  sequenceBefore: row['sequence_before'] as number,
  body: row['body'] as Uint8Array,
  keys: row['keys'] as Uint8Array,
  statuses: row['statuses'] as Uint8Array,
})

/** Over the bytes of the row, so that an altered one is found before anything is made of it. */
function hashOf(previous: Uint8Array, kept: KeptEntry): Uint8Array {
  const { stream, streamSequence, recordedAt, sequenceBefore, body, keys, statuses } = kept
  const head = Buffer.from(`${stream} ${streamSequence} ${recordedAt} ${sequenceBefore} ${body.length}\n`)
  return hash('sha256', Buffer.concat([previous, head, body, keys, statuses]), 'buffer')
}

/** SQLite gives each value memory of its own: nothing has to be copied. */
const wordsOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array =>
  byteOffset % 4 === 0
    ? new Uint32Array(buffer, byteOffset, byteLength / 4)
    : new Uint32Array(buffer.slice(byteOffset, byteOffset + byteLength))

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
