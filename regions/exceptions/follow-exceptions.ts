import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import { ExceptionLetter } from '../../shared/contract/exceptions.ts'
import {
  type Bus,
  type JsMsg,
  messageAt,
  readStream,
  type StreamReader,
  streamState,
} from '../../shared/node/nats.ts'
import type { ExceptionBook } from '../inbox/exception-book.ts'
import { sequenceOfLetter } from '../inbox/letter-id.ts'
import type { Journal } from '../ledger/journal.ts'
import { lostFrom } from '../ledger/lost-messages.ts'
import { inTransaction } from '../store/database.ts'

const STREAM = 'EXCEPTIONS'
const LOOK_EVERY_MS = 20
const EMPTY = new Uint8Array()

type Parts = {
  readonly bus: Bus
  readonly database: DatabaseSync
  readonly journal: Journal
  readonly exceptions: ExceptionBook
  readonly log: Logger
}

/** Keeps the dead letters of the region's writer beside it, so that whoever writes next has them with their bytes. */
export class ExceptionFollower {
  readonly #parts: Parts
  #created = ''
  #followed = 0
  #reader: StreamReader | null = null

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async start(): Promise<void> {
    const { bus, journal, log } = this.#parts
    const state = await streamState(bus, STREAM)
    const cursor = journal.cursor(STREAM)
    this.#created = state?.created ?? ''
    this.#followed = state === null || lostFrom(cursor, state) !== null ? 0 : (cursor?.sequence ?? 0)
    this.#reader = readStream(bus, {
      stream: STREAM,
      fromSequence: this.#followed + 1,
      onBatch: (messages) => this.#take(messages),
      onError: (error) => log.warn({ error }, 'reading EXCEPTIONS was interrupted'),
    })
  }

  /** Resolves when all that is in the stream is kept here, and follows no more: from here on it is ours to tell. */
  async takeOver(): Promise<void> {
    for (;;) {
      const last = (await streamState(this.#parts.bus, STREAM))?.lastSequence ?? 0
      if (this.#followed >= last) break
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    await this.stop()
    this.#parts.exceptions.claim()
  }

  /** What this process told itself need not be read back after a restart. */
  readonly told = (sequence: number): void => this.#moveTo(sequence)

  async stop(): Promise<void> {
    await this.#reader?.stop()
  }

  #moveTo(sequence: number): void {
    if (sequence <= this.#followed) return
    this.#parts.journal.setCursor(STREAM, { created: this.#created, sequence })
    this.#followed = sequence
  }

  async #take(messages: readonly JsMsg[]): Promise<void> {
    const { database, exceptions, log } = this.#parts
    const letters: (readonly [ExceptionLetter, Uint8Array])[] = []
    for (const { data, seq } of messages) {
      const letter = readLetter(data)
      if (letter) letters.push([letter, await this.#bodyOf(letter)])
      else log.warn({ sequence: seq }, 'EXCEPTIONS holds what is no letter; passed over')
    }
    inTransaction(database, () => {
      for (const [letter, body] of letters) exceptions.follow(letter, body)
      this.#moveTo(messages[messages.length - 1]!.seq)
    })
  }

  /** Too large for a letter, it was a message of INBOUND. */
  async #bodyOf({ id, body }: ExceptionLetter): Promise<Uint8Array> {
    if (body !== undefined) return Buffer.from(body, 'base64')
    const sequence = sequenceOfLetter(id)
    return (sequence === null ? null : await messageAt(this.#parts.bus, 'INBOUND', sequence)) ?? EMPTY
  }
}

function readLetter(data: Uint8Array): ExceptionLetter | null {
  try {
    return ExceptionLetter.parse(JSON.parse(new TextDecoder().decode(data)))
  } catch {
    return null
  }
}
