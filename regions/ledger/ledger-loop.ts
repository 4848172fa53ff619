import type { Fact } from '../../shared/contract/events.ts'
import { factsSubject } from '../../shared/contract/subjects.ts'
import type { Logger } from 'pino'
import { type Bus, type JsMsg, readStream, type StreamReader, streamState } from '../../shared/node/nats.ts'
import { SequenceAnswers } from '../../shared/node/sequence-answers.ts'
import { orUnavailable } from '../../shared/node/unavailable.ts'
import type { FactStatus } from './core/ledger.ts'
import { lostFrom } from './lost-messages.ts'
import type { Committed, LedgerWriter } from './ledger-writer.ts'

/** Facts of one message: well under NATS' payload limit of 1 MiB, and enough to make one message cheap. */
const FACTS_PER_MESSAGE_MAX = 500
const COMMIT_WITHIN_MS = 15_000
const LOOK_EVERY_MS = 20

/**
 * Carries facts through FACTS into the ledger: publishes what the border accepted, folds what the stream delivers, a
 * batch at a time, and answers a publisher when its facts are on the disk.
 */
export class LedgerLoop {
  readonly #bus: Bus
  readonly #region: string
  readonly #writer: LedgerWriter
  readonly #log: Logger
  readonly #onCommitted: (committed: Committed) => void
  readonly #onBroken: (error: Error) => void
  readonly #answers = new SequenceAnswers<readonly FactStatus[]>()
  #created = ''
  #committed = 0
  #reader: StreamReader | null = null
  #syncing: Promise<void> = Promise.resolve()
  /** The sequence from which on FACTS had lost what the journal has, at the start; null when nothing. */
  lost: number | null = null

  constructor(parts: {
    bus: Bus
    region: string
    writer: LedgerWriter
    log: Logger
    onCommitted: (committed: Committed) => void
    /** The disk did not take a batch that is folded: the process has to end, and folds it again from what is on the disk. */
    onBroken: (error: Error) => void
  }) {
    this.#bus = parts.bus
    this.#region = parts.region
    this.#writer = parts.writer
    this.#log = parts.log
    this.#onCommitted = parts.onCommitted
    this.#onBroken = parts.onBroken
  }

  /** Resumes behind the last message that is on the disk. A stream that was made anew is read from its start. */
  async start(): Promise<void> {
    const state = await streamState(this.#bus, 'FACTS')
    const cursor = this.#writer.journal.cursor('FACTS')
    this.#created = state?.created ?? ''
    this.lost = state === null ? null : lostFrom(cursor, state)
    if (this.lost !== null)
      this.#log.warn(
        { cursor, state },
        'FACTS is younger or shorter than the journal: reading it from its start; what is known is recognised',
      )
    this.#committed = cursor === null || this.lost !== null ? 0 : cursor.sequence
    this.#reader = readStream(this.#bus, {
      stream: 'FACTS',
      fromSequence: this.#committed + 1,
      onBatch: (messages) => this.#commit(messages),
      onError: (error) => this.#log.warn({ error }, 'reading FACTS was interrupted'),
    })
  }

  async stop(): Promise<void> {
    await this.#reader?.stop()
    await this.#syncing
    this.#writer.checkpoint()
  }

  /** How many messages of FACTS are not folded yet. */
  async behind(): Promise<number> {
    const state = await orUnavailable(streamState(this.#bus, 'FACTS'), 'the region’s NATS does not answer')
    return Math.max(0, (state?.lastSequence ?? 0) - this.#committed)
  }

  /** Resolves when what is in FACTS now is folded. */
  async caughtUp(): Promise<void> {
    while ((await this.behind()) > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }

  /** Publishes facts of one source and answers, in order, what became of each: on the disk, and folded. */
  async submit(source: string, facts: readonly Fact[]): Promise<FactStatus[]> {
    const chunks: Promise<readonly FactStatus[]>[] = []
    for (let at = 0; at < facts.length; at += FACTS_PER_MESSAGE_MAX)
      chunks.push(this.#submitChunk(source, facts.slice(at, at + FACTS_PER_MESSAGE_MAX)))
    return (await Promise.all(chunks)).flat()
  }

  async #submitChunk(source: string, facts: readonly Fact[]): Promise<readonly FactStatus[]> {
    const publishing = this.#bus.js.publish(factsSubject(this.#region, source), JSON.stringify(facts))
    const { seq } = await orUnavailable(
      publishing,
      'the region’s NATS does not answer; send it again, it will not count twice',
    )
    return this.#answers.waitFor(seq, COMMIT_WITHIN_MS)
  }

  /** While the disk takes one batch in, the next is folded; not more than that. */
  async #commit(messages: readonly JsMsg[]): Promise<void> {
    try {
      const committed = this.#writer.commit(
        'FACTS',
        this.#created,
        messages.map(({ seq, data }) => ({ sequence: seq, body: data })),
      )
      const before = this.#syncing
      this.#syncing = this.#writer.synced().then(() => this.#tell(committed))
      this.#syncing.catch(this.#onBroken)
      await before
    } catch (error) {
      this.#onBroken(error as Error)
      throw error
    }
  }

  #tell(committed: Committed): void {
    const { messages } = committed
    this.#committed = messages[messages.length - 1]!.sequence
    for (const { sequence, statuses } of messages) this.#answers.answer(sequence, statuses)
    this.#onCommitted(committed)
  }
}
