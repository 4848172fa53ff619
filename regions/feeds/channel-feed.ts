import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import type { ChannelFigure, FeedStatus } from '../../shared/contract/feed-api.ts'
import type { SourceId } from '../../shared/domain/ids.ts'
import { type Clock, formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import type { Random } from '../../shared/kernel/random.ts'
import type { Taker } from '../../shared/node/latest-by-subject.ts'
import { Lane } from '../outbound/lane.ts'
import {
  type Delivered,
  DeliveryFault,
  type Destination,
  type Outgoing,
  type RefusedFigure,
} from './destination.ts'
import type { FeedBook } from './feed-book.ts'
import { figureIn, type FeedStream } from './feed-stream.ts'
import type { ForeignCodes } from './foreign-codes.ts'
import type { FeedConfig } from './feed-config.ts'
import { type Taken, UrgentFigures } from './urgent-figures.ts'

const BEHIND_MS = 60_000
const IDLE_MS = 1_000
const AGAIN_MS = 250
const ERROR_MAX = 300

type Parts = {
  readonly config: Pick<FeedConfig, 'channel' | 'source' | 'behindAfterMs' | 'perSecond' | 'burst'>
  readonly destination: Destination
  readonly stream: { readonly taker: (channel: string) => Promise<Taking> } & Pick<FeedStream, 'eachKept'>
  readonly book: FeedBook
  readonly codes: () => ForeignCodes
  /** A figure of an earlier writer of this region came after ours: ours is told once more. */
  readonly onOvertaken: (sku: string) => void
  readonly onRefused: (refused: RefusedFigure, figure: ChannelFigure) => void
  readonly onTaken: (sku: string) => void
  readonly epoch: number
  /** Whether no other process can feed the channel by now. */
  readonly isHeld: () => boolean
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

type Taking = Pick<Taker, 'take' | 'state'>

/**
 * Carries what one channel has to know to it, a batch at a time: so a figure never overtakes a newer one of its sku. What could not
 * be delivered goes back, and what has become newer meanwhile takes its place: a channel that was down gets one figure a sku.
 *
 *   FEEDS ─► take ─► send ─► taken:    acknowledged
 *                        ├─► refused:  acknowledged, and an exception
 *                        └─► otherwise given back, and sent when the lane is open again
 */
export class ChannelFeed {
  readonly #parts: Parts
  readonly #lane: Lane
  readonly #urgent = new UrgentFigures()
  /** Null before it is opened, and after it could not be taken from: it may have been lost with the stream. */
  #taker: Taking | null = null
  readonly #behindAfterMs: number
  #batchMax: number
  #isPaused = false
  /** Some of what was sent before its turn is still to be acknowledged in it. */
  #isAhead = false
  #stopped = false
  #delivered = 0
  #refused = 0
  #failed = 0
  #lastError: string | null = null
  #lastDeliveredAt: Instant | null = null
  #wake: (() => void) | null = null
  #running: Promise<void> | null = null

  constructor(parts: Parts) {
    const { config, destination, clock, random } = parts
    const { perSecond = destination.limits.perSecond, burst = destination.limits.burst } = config
    this.#parts = parts
    this.#batchMax = destination.batchMax
    this.#behindAfterMs = config.behindAfterMs ?? Math.max(BEHIND_MS, (5 * 1000) / perSecond)
    // One at a time, whatever its limits: the order of two under way would be anyone's.
    this.#lane = new Lane({ perSecond, burst, concurrency: 1 }, clock.now(), random)
  }

  /** Learns what the channel was told, and what of it is still on its way. */
  async open(): Promise<void> {
    const { stream, config, book } = this.#parts
    this.#taker = await stream.taker(config.channel)
    const { doneUpTo, doneAt } = await this.#taker.state()
    this.#lastDeliveredAt ??= doneAt
    await stream.eachKept(config.channel, ({ figure, sequence }) =>
      book.noteTold(figure, sequence, sequence > doneUpTo),
    )
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#wake?.()
    await this.#running
  }

  wake = (): void => this.#wake?.()

  /** The stream keeps a newer figure for the channel. What is urgent goes before its turn, where there are others to wait for. */
  hear(figure: ChannelFigure, sequence: number, isUrgent: boolean): void {
    const { book, destination } = this.#parts
    book.noteTold(figure, sequence)
    this.#urgent.note(figure, sequence, isUrgent && book.waiting > destination.batchMax)
    this.#wake?.()
  }

  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused
    this.#wake?.()
  }

  status(): FeedStatus {
    const { config, destination, book, clock } = this.#parts
    const now = clock.now()
    const oldestMs = book.oldestMs(now)
    const { waitsUntil } = this.#lane
    return {
      channel: config.channel,
      kind: destination.kind,
      source: sourceOf(config),
      status: this.#isPaused
        ? 'paused'
        : this.#lane.stateAt(now) === 'down'
          ? 'down'
          : this.#taker === null || oldestMs > this.#behindAfterMs
            ? 'behind'
            : 'ok',
      lastDeliveredAt: this.#lastDeliveredAt === null ? null : formatInstant(this.#lastDeliveredAt),
      waiting: book.waiting,
      oldestMs,
      delivered: this.#delivered,
      refused: this.#refused,
      failed: this.#failed,
      lastError: this.#lastError,
      waitsUntil: waitsUntil > now ? formatInstant(waitsUntil) : null,
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const waitMs = await this.#turn().catch((error: unknown) => {
        this.#note(String(error))
        return IDLE_MS
      })
      await this.#sleep(waitMs)
    }
  }

  /** Sends one batch; milliseconds until the next may go. */
  async #turn(): Promise<number> {
    const { book, clock } = this.#parts
    if (this.#isPaused || (book.waiting === 0 && !this.#isAhead)) return IDLE_MS
    const now = clock.now()
    if (!this.#lane.take(now)) return Math.max(1, Math.min(IDLE_MS, this.#lane.freeInMs(now)))
    let batch: Taken[]
    try {
      batch = await this.#take()
    } catch (error) {
      this.#lane.unused()
      this.#taker = null
      throw error
    }
    // Whoever writes now may have sent something newer.
    if (batch.length > 0 && this.#parts.isHeld()) return this.#deliver(batch)
    this.#lane.unused()
    for (const { giveBack } of batch) giveBack()
    if (batch.length > 0) return AGAIN_MS
    await this.#settleBook()
    return AGAIN_MS
  }

  /** The newest figure of each sku that waits, and nothing that the channel has a newer one of. */
  async #take(): Promise<Taken[]> {
    const { book, epoch, onOvertaken } = this.#parts
    if (this.#urgent.isDue) {
      const urgent = this.#urgent
        .take(this.#batchMax)
        .filter((it) => !book.isOutdated(it.figure, it.sequence))
      this.#isAhead ||= urgent.length > 0
      if (urgent.length > 0) return urgent
    }
    const newest = new Map<string, Taken>()
    this.#taker ??= await this.#parts.stream.taker(this.#parts.config.channel)
    const messages = await this.#taker.take(this.#batchMax)
    if (messages.length === 0) this.#isAhead = false
    for (const message of messages) {
      const figure = figureIn(message.data)
      if (figure === null || book.isOutdated(figure, message.seq)) {
        message.ack()
        if (figure) book.noteDone(figure, message.seq)
        if (figure && figure.epoch < epoch) onOvertaken(figure.sku)
        continue
      }
      newest.get(figure.sku)?.done()
      const [done, giveBack] = [() => message.ack(), () => message.nak()]
      newest.set(figure.sku, { figure, sequence: message.seq, done, giveBack })
    }
    return [...newest.values()]
  }

  async #deliver(batch: readonly Taken[]): Promise<number> {
    const { destination, clock } = this.#parts
    let delivered: Delivered
    try {
      delivered = await destination.send(this.#outgoing(batch), keyOf(batch), clock.now())
    } catch (error) {
      for (const { giveBack } of batch) giveBack()
      this.#lane.failed(clock.now())
      this.#fail(error)
      return 1
    }
    this.#settle(batch, delivered)
    return 1
  }

  #outgoing(batch: readonly Taken[]): Outgoing[] {
    const { skus, nodes } = this.#parts.codes()
    const { named = (codes) => codes } = this.#parts.destination
    return batch.map(({ figure, sequence }) => ({
      figure,
      sequence,
      codes: named(skus.get(figure.sku) ?? [figure.sku]),
      places: nodes,
    }))
  }

  #settle(batch: readonly Taken[], { taken, refused, busy, unfit }: Delivered): void {
    const { clock, onRefused, onTaken } = this.#parts
    const now = clock.now()
    const taking = new Set(taken)
    const refusals = new Map(refused.map((it) => [it.sku, it]))
    // A batch of one that is not fit is a figure that is not.
    if (unfit && batch.length === 1)
      refusals.set(batch[0]!.figure.sku, { sku: batch[0]!.figure.sku, ...unfit })
    for (const { figure, sequence, done, giveBack } of batch) {
      const refusal = refusals.get(figure.sku)
      if (refusal === undefined && !taking.has(figure.sku)) {
        giveBack()
        continue
      }
      done()
      this.#parts.book.noteDone(figure, sequence)
      if (refusal) {
        this.#refused++
        onRefused(refusal, figure)
      } else {
        this.#delivered++
        this.#lastDeliveredAt = now
        onTaken(figure.sku)
      }
    }
    if (unfit && batch.length > 1) this.#batchMax = Math.ceil(batch.length / 2)
    else if (!busy) this.#batchMax = Math.min(this.#parts.destination.batchMax, this.#batchMax * 2)
    if (busy) {
      this.#lane.throttled(now, busy.retryAfterMs)
      this.#failed++
      return this.#note(busy.detail)
    }
    this.#lane.answered()
    if (unfit === undefined) this.#recover()
  }

  /** What waited and is not there to be taken was delivered before: a copy of ours that was on its way twice. */
  async #settleBook(): Promise<void> {
    const { open, takenUpTo } = await this.#taker!.state()
    if (open === 0) this.#parts.book.noteDoneUpTo(takenUpTo)
  }

  #fail(error: unknown): void {
    const { log, config } = this.#parts
    this.#failed++
    if (!(error instanceof DeliveryFault))
      log.warn({ err: error, channel: config.channel }, 'a feed failed unexpectedly')
    this.#note(error instanceof Error ? error.message : String(error))
  }

  #note(error: string): void {
    const { log, config } = this.#parts
    if (this.#lastError === null && !this.#stopped)
      log.warn({ channel: config.channel, error }, 'a channel does not take its figures; trying on')
    this.#lastError = error.slice(0, ERROR_MAX)
  }

  #recover(): void {
    if (this.#lastError === null) return
    this.#parts.log.info({ channel: this.#parts.config.channel }, 'the channel takes its figures again')
    this.#lastError = null
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#stopped) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    const timer = setTimeout(resolve, ms)
    await promise
    clearTimeout(timer)
    this.#wake = null
  }
}

/** Under which its letters are kept. A channel is spelt as a source is. */
export const sourceOf = ({ channel, source }: Pick<FeedConfig, 'channel' | 'source'>): SourceId =>
  source ?? (channel as string as SourceId)

/** The same for the same figures, whoever sends them: a receiver can tell that a batch comes twice. */
const keyOf = (batch: readonly Taken[]): string => {
  const { region, channel, epoch } = batch[0]!.figure
  const sequences = batch.map(({ sequence }) => sequence)
  return createHash('sha256')
    .update(`${region}/${channel}/${epoch}/${sequences.join()}`)
    .digest('hex')
    .slice(0, 32)
}
