import type { Logger } from 'pino'
import type { CanonicalEvent, EventOf } from '../../shared/contract/events.ts'
import type { ReservationAnswer } from '../../shared/contract/reservation-api.ts'
import type { Rules } from '../../shared/contract/push.ts'
import { type Clock, formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import { Fenced } from '../../shared/node/nats.ts'
import { Unavailable } from '../../shared/node/unavailable.ts'
import { HUB_SOURCE } from '../inbox/own-sources.ts'
import type { Reservation } from '../ledger/core/reservation.ts'
import type { DecisionBatch } from '../ledger/decision-batch.ts'
import type { DecisionLog } from '../ledger/decision-log.ts'
import type { Committed, LedgerWriter } from '../ledger/ledger-writer.ts'
import type { Deciding as DecidedBefore } from '../ledger/remembered-answers.ts'
import type { Books } from '../ledger/core/books.ts'
import { type Deciding, eventOf } from './core/accept-order.ts'
import { type Asked, reserve, type ReserveRefusal } from './core/reserve.ts'
import { type Step, STEPS } from './core/reservation-steps.ts'
import { ReservedAgain } from './reserved-again.ts'
import { reservationView, statusOf } from './core/reservation-view.ts'

export type ReserveCommand = {
  readonly kind: 'reserve'
  readonly asked: Asked
  readonly ttlMs: number
  readonly request: { readonly key: string; readonly digest: string }
  readonly correlationId: string
}

export type StepCommand = {
  readonly kind: Step
  readonly reservation: string
  /** For `extend`: from now on. */
  readonly ttlMs?: number
  readonly correlationId: string
}

/** Anything else the hub decides: worked out on the books of its turn, recorded like a hold. */
export type DecideCommand<T> = {
  readonly decide: (books: Books, rules: Pick<Rules, 'allocation'>, now: Instant) => Decided<T>
  readonly correlationId: string
}

export type Decided<T> = { readonly decisions: readonly Deciding[]; readonly answer: T }

export type Command = ReserveCommand | StepCommand

export type DeskAnswer =
  | { readonly code: 'done'; readonly reservation: ReservationAnswer }
  | ReserveRefusal
  | { readonly code: 'idempotency-key-reused' }
  | { readonly code: 'not-found' }
  | { readonly code: 'wrong-state'; readonly reservation: ReservationAnswer }

type Made = EventOf<'plimsoll.reservation.made'>['data']

type Waiting = {
  readonly command: Command | DecideCommand<unknown>
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
}

/** A batch's publish and fsync cost about as much for one as for many; beyond this the answers of the first wait. */
const COMMANDS_PER_BATCH_MAX = 512
const GATHER_MS_MAX = 4
/** As long as an asker needs to read his answer and ask again. */
const QUIET_MS = 0.06
/** Who waits longer would not be there any more when the answer comes. */
const WAITING_MAX = 20_000

type Parts = {
  readonly writer: LedgerWriter
  readonly decisions: DecisionLog
  readonly created: string
  readonly clock: Clock
  readonly log: Logger
  readonly newId: () => string
  readonly rules: () => Pick<Rules, 'allocation'>
  readonly onCommitted: (committed: Committed) => void
  /** Another writer has taken over: this process must not go on. */
  readonly onFenced: (error: Error) => void
}

/**
 * Decides holds, a batch at a time: what comes while a batch is under way is decided together, on the books with
 * everything that was decided before. A batch is appended to DECISIONS (the fence) and journaled (the disk) at the same
 * time; its askers are answered when both are done.
 */
export class ReservationDesk {
  readonly again = new ReservedAgain()
  readonly #parts: Parts
  #waiting: Waiting[] = []
  #isRunning = false
  #isClosed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get queued(): number {
    return this.#waiting.length
  }

  ask = (command: Command): Promise<DeskAnswer> => this.#enqueue(command) as Promise<DeskAnswer>

  /** Decides something else, in its turn; answered when it is recorded. */
  decide = <T>(command: DecideCommand<T>): Promise<T> => this.#enqueue(command) as Promise<T>

  #enqueue(command: Waiting['command']): Promise<unknown> {
    if (this.#isClosed) throw new Unavailable('this process decides no more; another one of the region does')
    if (this.#waiting.length >= WAITING_MAX)
      throw new Unavailable('too many requests are waiting to be decided')
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.push({ command, resolve, reject })
    this.#wake()
    return promise
  }

  /** Holds whose end has come are declared expired, so that every replica agrees. */
  declareExpired(): void {
    if (this.#parts.writer.ledger.books.demand.undeclared.size > 0) this.#wake()
  }

  close(): void {
    this.#isClosed = true
    this.#parts.decisions.stop()
  }

  #wake(): void {
    if (this.#isRunning || this.#isClosed) return
    this.#isRunning = true
    // After the events that are here already, so that requests of one turn are one batch.
    setImmediate(() => void this.#run())
  }

  async #run(): Promise<void> {
    const { undeclared } = this.#parts.writer.ledger.books.demand
    try {
      while (!this.#isClosed && (this.#waiting.length > 0 || undeclared.size > 0)) {
        await this.#gather()
        await this.#decide(this.#waiting.splice(0, COMMANDS_PER_BATCH_MAX))
      }
    } finally {
      this.#isRunning = false
    }
  }

  /** As long as more comes, those who were answered just now ask again: a batch costs the same for all. */
  async #gather(): Promise<void> {
    const until = performance.now() + GATHER_MS_MAX
    for (let now = 0, quietAt = performance.now() + QUIET_MS; now < quietAt && now < until;) {
      const before = this.#waiting.length
      await new Promise((resolve) => setImmediate(resolve))
      now = performance.now()
      if (this.#waiting.length > before) quietAt = now + QUIET_MS
    }
  }

  async #decide(asked: readonly Waiting[]): Promise<void> {
    const { writer, decisions } = this.#parts
    const batch = writer.beginDecisions()
    this.#declareExpired(batch)
    const rules = this.#parts.rules()
    const answers = asked.map(({ command }) => this.#answer(batch, rules, command))
    try {
      if (batch.facts.length > 0) {
        const sequence = decisions.next
        const appended = decisions.append(batch.body)
        appended.catch(() => {}) // awaited below, with the disk
        await Promise.all([appended, writer.writeDecisions(batch, sequence)])
        writer.confirmDecisions(this.#parts.created, sequence)
      }
    } catch (error) {
      this.#fail(batch, asked, error)
      return
    }
    asked.forEach(({ resolve }, i) => resolve(answers[i]!))
    this.#parts.onCommitted({ effects: batch.effects, messages: [], conflicts: [] })
  }

  #fail(batch: DecisionBatch, asked: readonly Waiting[], error: unknown): void {
    this.#isClosed = true
    const { writer, onFenced, log } = this.#parts
    if (error instanceof Fenced) {
      writer.voidDecisions(batch)
      log.error(
        { entry: batch.entry },
        'another process writes for this region: the batch is void, this one steps down',
      )
    }
    const unavailable = new Unavailable('the decision could not be recorded; ask again with the same key', {
      cause: error,
    })
    for (const { reject } of [...asked, ...this.#waiting.splice(0)]) reject(unavailable)
    onFenced(error instanceof Error ? error : new Error(String(error)))
  }

  #declareExpired(batch: DecisionBatch): void {
    for (const { id, orderRef } of this.#parts.writer.ledger.books.demand.undeclared)
      batch.add(this.#event(batch.now, 'expired', { reservation: id, orderRef }, id))
  }

  #answer(batch: DecisionBatch, rules: Pick<Rules, 'allocation'>, command: Waiting['command']): unknown {
    if ('decide' in command) return this.#other(batch, rules, command)
    return command.kind === 'reserve' ? this.#reserve(batch, rules, command) : this.#step(batch, command)
  }

  #other(
    batch: DecisionBatch,
    rules: Pick<Rules, 'allocation'>,
    { decide, correlationId }: DecideCommand<unknown>,
  ): unknown {
    const { decisions, answer } = decide(this.#parts.writer.ledger.books, rules, batch.now)
    for (const deciding of decisions)
      batch.add(
        eventOf(deciding, { id: this.#parts.newId(), source: HUB_SOURCE, now: batch.now, correlationId }),
      )
    return answer
  }

  #reserve(batch: DecisionBatch, rules: Pick<Rules, 'allocation'>, command: ReserveCommand): DeskAnswer {
    const { writer, newId } = this.#parts
    const { books } = writer.ledger
    const { request, asked, ttlMs, correlationId } = command
    // Also in this very batch: a retry may overtake the answer to its first try.
    const before = batch.answers.get(request.key) ?? writer.answers.find(request.key, batch.now)
    if (before) {
      if (before.data.request!.digest !== request.digest) return { code: 'idempotency-key-reused' }
      return this.#firstAnswer(before)
    }
    const decided = reserve(books, rules, asked, batch.now)
    const { orderRef, channel, segment } = asked
    const who = { orderRef, channel, ...(segment === undefined ? {} : { segment }) }
    if (!decided.ok) {
      if (decided.error.code === 'insufficient-availability') {
        const { code, lines } = decided.error
        batch.add(this.#event(batch.now, 'refused', { ...who, code, lines, request }, correlationId))
      }
      return decided.error
    }
    if ('merged' in decided.value) {
      this.again.note(orderRef, decided.value.merged.id, batch.now)
      return { code: 'done', reservation: reservationView(books, decided.value.merged, batch.now) }
    }
    const id = newId()
    const lines = decided.value.map(({ reserved, quantity, dueAt, ...line }) => ({
      ...line,
      quantity: reserved,
      ...(reserved === quantity ? {} : { asked: quantity }),
      ...(dueAt === undefined ? {} : { dueAt: formatInstant(dueAt) }),
    }))
    const expiresAt = formatInstant(batch.now + ttlMs)
    const made = { reservation: id, ...who, lines, expiresAt, request } as Made
    batch.add(this.#event(batch.now, 'made', made, correlationId))
    return madeAnswer(made)
  }

  #step(batch: DecisionBatch, { kind, reservation: id, ttlMs, correlationId }: StepCommand): DeskAnswer {
    const { books } = this.#parts.writer.ledger
    const found = books.demand.find(id)
    if (!found) return { code: 'not-found' }
    const outcome = STEPS[statusOf(found, books, batch.now)][kind]
    if (outcome === 'refuse')
      return { code: 'wrong-state', reservation: reservationView(books, found, batch.now) }
    if (outcome === 'take') batch.add(this.#stepEvent(batch.now, found, kind, ttlMs ?? 0, correlationId))
    return { code: 'done', reservation: reservationView(books, found, batch.now) }
  }

  #stepEvent(
    now: Instant,
    { id, orderRef, expiresAt }: Reservation,
    step: Step,
    ttlMs: number,
    correlationId: string,
  ) {
    const named = { reservation: id, orderRef }
    if (step !== 'extend')
      return this.#event(now, step === 'confirm' ? 'confirmed' : 'released', named, correlationId)
    // A hold is only ever made longer: a shorter end that overtakes a longer one must not win.
    const until = formatInstant(Math.max(expiresAt, now + ttlMs))
    return this.#event(now, 'extended', { ...named, expiresAt: until }, correlationId)
  }

  /** As it was answered first, whatever became of the reservation since. */
  #firstAnswer(decided: DecidedBefore): DeskAnswer {
    const { data } = decided
    if (decided.type === 'plimsoll.reservation.refused')
      return { code: 'insufficient-availability', lines: decided.data.lines }
    return madeAnswer(data as (typeof decided)['data'])
  }

  #event(now: Instant, what: string, data: object, correlationId: string): CanonicalEvent {
    const parts = { id: this.#parts.newId(), source: HUB_SOURCE, now, correlationId }
    return eventOf({ type: `reservation.${what}`, data }, parts)
  }
}

/** As it is answered the first time, and whenever the same is asked again. */
const madeAnswer = ({ reservation, orderRef, channel, segment, expiresAt, lines }: Made): DeskAnswer => ({
  code: 'done',
  reservation: {
    reservationId: reservation,
    orderRef,
    channel,
    ...(segment === undefined ? {} : { segment }),
    status: 'held',
    expiresAt,
    lines: lines.map(({ line, sku, quantity, node, asked }) => ({
      line,
      sku,
      quantity: typeof asked === 'number' ? asked : quantity,
      reserved: quantity,
      ...(node === undefined ? {} : { node }),
    })),
  },
})
