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
  readonly #all
  readonly #cursor
  readonly #setCursor
  readonly #meta
  readonly #setMeta
  #lastHash: Uint8Array = new Uint8Array(32)

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO journal (stream, stream_sequence, recorded_at, sequence_before, body, keys, statuses, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    this.#all = database.prepare('SELECT * FROM journal ORDER BY entry')
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
      body,
      keyBytes,
      statuses,
      this.#lastHash,
    ] as const
    return Number(this.#insert.run(...values).lastInsertRowid)
  }

  /** Everything from the beginning. Throws JournalAltered at the first entry that is not what was written. */
  *entries(): Generator<JournalEntry & { readonly entry: number }> {
    for (const row of this.#all.iterate()) {
      const keys = row['keys'] as Uint8Array
      const read = {
        entry: row['entry'] as number,
        stream: row['stream'] as string,
        streamSequence: row['stream_sequence'] as number,
        recordedAt: row['recorded_at'] as number,
        sequenceBefore: row['sequence_before'] as number,
        body: row['body'] as Uint8Array,
        keys: new Uint32Array(keys.buffer.slice(keys.byteOffset, keys.byteOffset + keys.byteLength)),
        statuses: row['statuses'] as Uint8Array,
      }
      const hash = hashOf(this.#lastHash, read, keys)
      if (Buffer.compare(hash, row['hash'] as Uint8Array) !== 0) {
        throw new JournalAltered(
          `journal entry ${read.entry}, or the one before it, is not what was written; restore the database`,
        )
      }
      this.#lastHash = hash
      yield read
    }
  }

  cursor(stream: string): StreamCursor | null {
    const row = this.#cursor.get(stream)
    return row ? { created: row['created'] as string, sequence: row['sequence'] as number } : null
  }

  setCursor(stream: string, { created, sequence }: StreamCursor): void {
    this.#setCursor.run(stream, created, sequence)
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

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
