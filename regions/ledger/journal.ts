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

/** The append-only record of everything the ledger took in, and how far each stream is read. Inside a transaction. */
export class Journal {
  readonly #insert
  readonly #after
  readonly #cursor
  readonly #setCursor
  readonly #meta
  readonly #setMeta

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO journal (stream, stream_sequence, recorded_at, sequence_before, body, keys, statuses) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    this.#after = database.prepare('SELECT * FROM journal WHERE entry > ? ORDER BY entry')
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
    const done = this.#insert.run(
      stream,
      streamSequence,
      recordedAt,
      sequenceBefore,
      body,
      bytesOf(keys),
      statuses,
    )
    return Number(done.lastInsertRowid)
  }

  *entriesAfter(entry: number): Generator<JournalEntry & { readonly entry: number }> {
    for (const row of this.#after.iterate(entry)) {
      const keys = row['keys'] as Uint8Array
      yield {
        entry: row['entry'] as number,
        stream: row['stream'] as string,
        streamSequence: row['stream_sequence'] as number,
        recordedAt: row['recorded_at'] as number,
        sequenceBefore: row['sequence_before'] as number,
        body: row['body'] as Uint8Array,
        keys: new Uint32Array(keys.buffer.slice(keys.byteOffset, keys.byteOffset + keys.byteLength)),
        statuses: row['statuses'] as Uint8Array,
      }
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

const bytesOf = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
