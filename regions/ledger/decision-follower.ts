import type { Logger } from 'pino'
import { type Bus, type JsMsg, readStream, type StreamReader, streamState } from '../../shared/node/nats.ts'
import { lostFrom } from './lost-messages.ts'
import type { Committed, LedgerWriter } from './ledger-writer.ts'

const STREAM = 'DECISIONS'
const LOOK_EVERY_MS = 20

/** Folds what another process of the region decides: a standby always, a writer until the moment it begins to write. */
export class DecisionFollower {
  readonly #bus: Bus
  readonly #writer: LedgerWriter
  readonly #log: Logger
  readonly #onCommitted: (committed: Committed) => void
  readonly #onBroken: (error: Error) => void
  #created = ''
  #committed = 0
  #reader: StreamReader | null = null

  constructor(parts: {
    bus: Bus
    writer: LedgerWriter
    log: Logger
    onCommitted: (committed: Committed) => void
    /** As of FACTS: what is folded and not on the disk must not be built on. */
    onBroken: (error: Error) => void
  }) {
    this.#bus = parts.bus
    this.#writer = parts.writer
    this.#log = parts.log
    this.#onCommitted = parts.onCommitted
    this.#onBroken = parts.onBroken
  }

  get created(): string {
    return this.#created
  }

  async start(): Promise<void> {
    const state = await streamState(this.#bus, STREAM)
    const cursor = this.#writer.journal.cursor(STREAM)
    this.#created = state?.created ?? ''
    const hasLost = state !== null && lostFrom(cursor, state) !== null
    if (hasLost)
      this.#log.warn(
        { cursor, state },
        'DECISIONS is younger or shorter than the journal: reading it from its start; what is known is recognised',
      )
    this.#committed = hasLost ? 0 : (cursor?.sequence ?? 0)
    this.#reader = readStream(this.#bus, {
      stream: STREAM,
      fromSequence: this.#committed + 1,
      onBatch: (messages) => this.#commit(messages),
      onError: (error) => this.#log.warn({ error }, 'reading DECISIONS was interrupted'),
    })
  }

  /** Resolves when everything that is in the stream is folded; answers its last sequence. */
  async caughtUp(): Promise<number> {
    for (;;) {
      const last = (await streamState(this.#bus, STREAM))?.lastSequence ?? 0
      if (this.#committed >= last) return last
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
  }

  async stop(): Promise<void> {
    await this.#reader?.stop()
  }

  async #commit(messages: readonly JsMsg[]): Promise<void> {
    try {
      const committed = this.#writer.commit(
        STREAM,
        this.#created,
        messages.map(({ seq, data }) => ({ sequence: seq, body: data })),
      )
      await this.#writer.synced()
      this.#committed = messages[messages.length - 1]!.seq
      this.#onCommitted(committed)
    } catch (error) {
      this.#onBroken(error as Error)
      throw error
    }
  }
}
