import type { DatabaseSync } from 'node:sqlite'
import type { Message } from '../connectors/connector.ts'

export type Received = {
  readonly receipt: number
  /** Where it stands in INBOUND. */
  readonly sequence: number
  readonly message: Message
  readonly correlationId: string
}

/** What systems sent, byte for byte, in the order it came. */
export class InboundLog {
  readonly #insert
  readonly #after
  readonly #prune

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO inbound (stream_sequence, source, content_type, headers, body, received_at, correlation_id) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    this.#after = database.prepare('SELECT * FROM inbound WHERE receipt > ? ORDER BY receipt')
    this.#prune = database.prepare('DELETE FROM inbound WHERE receipt <= ? AND received_at < ?')
  }

  /** Keeps a message and answers its receipt. Inside a transaction. */
  keep(streamSequence: number, message: Message, correlationId: string): number {
    const { source, contentType, headers, body, receivedAt } = message
    const done = this.#insert.run(
      streamSequence,
      source,
      contentType,
      JSON.stringify(headers),
      body,
      receivedAt,
      correlationId,
    )
    return Number(done.lastInsertRowid)
  }

  after(receipt: number): Received[] {
    return this.#after.all(receipt).map((row) => ({
      receipt: row['receipt'] as number,
      sequence: row['stream_sequence'] as number,
      correlationId: row['correlation_id'] as string,
      message: {
        source: row['source'] as string,
        body: row['body'] as Uint8Array,
        contentType: row['content_type'] as string | null,
        headers: JSON.parse(row['headers'] as string) as Record<string, string>,
        receivedAt: row['received_at'] as number,
      },
    }))
  }

  /** Lets go of what was understood up to a receipt and came before a moment. */
  prune(receipt: number, before: number): void {
    this.#prune.run(receipt, before)
  }
}
