import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Instant } from '../../shared/kernel/clock.ts'

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

export const FACT_STATUSES = ['accepted', 'duplicate', 'conflict'] as const

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
      `SELECT entry, stream_sequence, body FROM journal WHERE stream = 'DECISIONS' AND stream_sequence > ? AND entry NOT IN (SELECT entry FROM voided) ORDER BY entry`,
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
    const { stream, streamSequence, recordedAt, sequenceBefore, body, keys, statuses } = entry
    const keyBytes = bytesOf(keys)
    this.#lastHash = hashOf(this.#lastHash, entry, keyBytes)
    const values = [
      stream,
      streamSequence,
      recordedAt,
      sequenceBefore,
      keyBytes,
      statuses,
      this.#lastHash,
      body,
    ] as const
    return Number(this.#insert.run(...values).lastInsertRowid)
  }

  /** The keys and statuses of all entries up to one: what has been seen. The bodies are not read. */
  *keysTo(entry: number): Generator<{ readonly keys: Uint32Array; readonly statuses: Uint8Array }> {
    for (const row of this.#keys.iterate(entry))
      yield { keys: wordsOf(row['keys'] as Uint8Array), statuses: row['statuses'] as Uint8Array }
  }

  /** The entries after one, in order. Throws JournalAltered at the first that is not what was written. */
  *entriesAfter(entry: number): Generator<JournalEntry & { readonly entry: number }> {
    let previous: Uint8Array =
      (this.#hashOf.get(entry)?.['hash'] as Uint8Array | undefined) ?? new Uint8Array(32)
    for (const row of this.#after.iterate(entry)) {
      const keys = row['keys'] as Uint8Array
      const read = {
        entry: row['entry'] as number,
        stream: row['stream'] as string,
        streamSequence: row['stream_sequence'] as number,
        recordedAt: row['recorded_at'] as number,
        sequenceBefore: row['sequence_before'] as number,
        body: row['body'] as Uint8Array,
        keys: wordsOf(keys),
        statuses: row['statuses'] as Uint8Array,
      }
      const hash = hashOf(previous, read, keys)
      if (Buffer.compare(hash, row['hash'] as Uint8Array) !== 0) {
        throw new JournalAltered(
          `journal entry ${read.entry}, or the one before it, is not what was written; restore the database`,
        )
      }
      previous = hash
      yield read
    }
    this.#lastHash = previous
  }

  /** Entries of DECISIONS beyond what the stream is known to hold, in order. */
  unconfirmed(after: number): { entry: number; streamSequence: number; body: Uint8Array }[] {
    return this.#unconfirmed.all(after).map((row) => ({
      entry: row['entry'] as number,
      streamSequence: row['stream_sequence'] as number,
      body: row['body'] as Uint8Array,
    }))
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

function hashOf(previous: Uint8Array, entry: JournalEntry, keys: Uint8Array): Uint8Array {
  const { stream, streamSequence, recordedAt, sequenceBefore, body, statuses } = entry
  const head = `${stream} ${streamSequence} ${recordedAt} ${sequenceBefore} ${body.length}\n`
  return createHash('sha256')
    .update(previous)
    .update(head)
    .update(body)
    .update(keys)
    .update(statuses)
    .digest()
}

const wordsOf = (bytes: Uint8Array): Uint32Array =>
  new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
