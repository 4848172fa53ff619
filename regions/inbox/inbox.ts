import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import { CanonicalEvent, type Fact } from '../../shared/contract/events.ts'
import { inboundSubject } from '../../shared/contract/subjects.ts'
import type { Clock } from '../../shared/kernel/clock.ts'
import { type Bus, type JsMsg, readStream, type StreamReader, streamState } from '../../shared/node/nats.ts'
import { SequenceAnswers } from '../../shared/node/sequence-answers.ts'
import { orUnavailable } from '../../shared/node/unavailable.ts'
import type { Message, Refusal, Translation } from '../connectors/connector.ts'
import type { Books } from '../ledger/core/books.ts'
import type { FactStatus } from '../ledger/core/ledger.ts'
import type { MasterBook } from '../ledger/core/master-book.ts'
import type { Journal, StreamCursor } from '../ledger/journal.ts'
import type { Handover } from '../ops/handover.ts'
import { inTransaction } from '../store/database.ts'
import { accept } from './accept.ts'
import { isKnownNow } from './codes.ts'
import { conflictRefusal } from './conflict.ts'
import { type DeadLetter, detailOf, type ExceptionBook } from './exception-book.ts'
import { InboundLog, type Received } from './inbound-log.ts'
import { letterOf } from './letter-id.ts'
import { needsKnownLines, orderOf, withKnownLines } from './known-lines.ts'
import type { ItemsUnderWay } from '../governance/items-under-way.ts'
import type { PolicyVersions } from '../governance/policy-versions.ts'
import { headersFor, headersOf, sourceOf } from './transport.ts'
import { translate, translateOwnCodes, withOwnLot } from './translate.ts'
import { UnderstoodMark } from './understood-mark.ts'

/** What a replay would come to, found out without one. */
export type Trial = {
  readonly outcome: 'would-count' | 'would-stay' | 'unknown'
  /** How many facts are understood in it by now. */
  readonly facts: number
  readonly detail: string
}

export type EventResult = {
  readonly id: string
  readonly status: FactStatus | 'invalid'
  readonly error?: Refusal
}

type Parts = {
  readonly database: DatabaseSync
  readonly journal: Journal
  readonly exceptions: ExceptionBook
  readonly versions: PolicyVersions
  readonly items: ItemsUnderWay
  readonly books: Pick<Books, 'demand' | 'skus' | 'master'>
  readonly bus: Bus
  readonly region: string
  readonly clock: Clock
  readonly newId: () => string
  readonly log: Logger
  /** Publishes facts of a source and answers when they are folded and on the disk. */
  readonly submit: (source: string, facts: readonly Fact[]) => Promise<FactStatus[]>
  /** Resolves when the dead letters that are kept are where the region's next writer finds them. */
  readonly tellExceptions: () => Promise<void>
  readonly handover: Pick<Handover, 'inbound' | 'noteInbound'>
  /** Why the region may not say a policy by itself; null when it may. */
  readonly forbidsPolicy: (kind: string, scope: string) => string | null
}

const STORED_WITHIN_MS = 15_000
const TRANSLATED = 'inbound.translated'
/** What was understood is in the journal, and what was not is a dead letter with its own bytes. */
const BYTES_KEPT_MS = 30 * 86_400_000

/**
 * From a system's bytes to facts. What comes is on the disk before anyone tries to understand it; then it is translated,
 * judged at the border and appended to FACTS; what cannot be understood becomes an exception that holds its bytes.
 */
export class Inbox {
  readonly #parts: Parts & { readonly master: MasterBook }
  readonly #log: InboundLog
  readonly #receipts = new SequenceAnswers<number>()
  /** Items that are on their way into the book, and how to end that. */
  readonly #coming = new Map<string, () => void>()
  #created = ''
  #reader: StreamReader | null = null
  readonly #understoodTo: UnderstoodMark

  constructor(parts: Parts) {
    this.#parts = { ...parts, master: parts.books.master }
    this.#log = new InboundLog(parts.database)
    this.#understoodTo = new UnderstoodMark(parts)
  }

  async start(): Promise<void> {
    const { bus, journal, log, handover } = this.#parts
    await this.#translateAll(this.#log.after(journal.number(TRANSLATED)))
    const state = await streamState(bus, 'INBOUND')
    const [own, theirs] = [journal.cursor('INBOUND'), await handover.inbound()]
    this.#created = state?.created ?? ''
    const readTo = (cursor: StreamCursor | null): number =>
      cursor?.created === this.#created && (state?.lastSequence ?? 0) >= cursor.sequence ? cursor.sequence : 0
    if (own !== null && own.sequence > 0 && readTo(own) === 0)
      log.warn(
        { cursor: own, state },
        'INBOUND is younger or shorter than what was read of it: reading it from its start',
      )
    // What the writer before had understood, and what this process had read when it was the writer.
    const from = Math.max(readTo(own), readTo(theirs))
    this.#understoodTo.start({ created: this.#created, sequence: from })
    this.#reader = readStream(bus, {
      stream: 'INBOUND',
      fromSequence: from + 1,
      batchMax: 500,
      onBatch: (messages) => this.#take(messages),
      onError: (error) => log.warn({ error }, 'reading INBOUND was interrupted'),
    })
  }

  async stop(): Promise<void> {
    await this.#reader?.stop()
    await this.#understoodTo.stop()
  }

  /** Lets go of bytes that were understood long ago. */
  prune(): void {
    const { journal, clock } = this.#parts
    this.#log.prune(journal.number(TRANSLATED), clock.now() - BYTES_KEPT_MS)
  }

  /** Stores a payload that came by HTTP, and answers its receipt once it is on the disk. */
  async receive(message: Message, correlationId: string): Promise<number> {
    const { bus, region } = this.#parts
    const publishing = bus.js.publish(inboundSubject(region, message.source), message.body, {
      headers: headersFor(message, correlationId),
    })
    const { seq } = await orUnavailable(
      publishing,
      'the region’s NATS does not answer; send it again, it will not count twice',
    )
    return this.#receipts.waitFor(seq, STORED_WITHIN_MS)
  }

  /** Canonical events that came by HTTP: judged and folded at once, answered one by one. */
  async post(
    events: readonly {
      readonly event: CanonicalEvent | null
      readonly message: Message
      readonly refusal: Refusal | null
      readonly id: string
    }[],
    correlationId: string,
  ): Promise<EventResult[]> {
    const judged = events.map(({ event, refusal, message, id }) => ({
      id,
      message,
      ...(event ? this.#judgeOwn(event, message) : this.#judgeForeign(message, refusal)),
    }))
    for (const { refusal, message } of judged) {
      if (refusal) this.#keep({ stage: 'accept', message, refusals: [refusal], correlationId })
    }
    const statuses = await this.#submitBySource(judged.flatMap(({ fact }) => (fact ? [fact] : [])))
    // Whoever is told that it was kept finds it with the next writer too.
    if (judged.some(({ refusal }) => refusal)) await this.#parts.tellExceptions()
    return judged.map(({ id, fact, refusal }) =>
      refusal ? { id, status: 'invalid' as const, error: refusal } : { id, status: statuses.get(fact!)! },
    )
  }

  /** Tries a dead letter again. Null when there is none; otherwise what it still is refused for. */
  async replay(id: string): Promise<readonly Refusal[] | null> {
    const { exceptions } = this.#parts
    const [message, record] = [exceptions.messageOf(id), exceptions.get(id)]
    if (!message || !record) return null
    const refusals = await this.#understand(message, record.stage)
    if (isSome(refusals))
      exceptions.keep(id, { stage: record.stage, message, refusals, correlationId: record.correlationId })
    else exceptions.settle(id, 'replayed')
    return refusals
  }

  /** What a replay would come to, with nothing changed by asking. Null when there is no such letter. */
  tryOut(id: string): Trial | null {
    const { exceptions } = this.#parts
    const [message, record] = [exceptions.messageOf(id), exceptions.get(id)]
    if (!message || !record) return null
    if (record.class === 'conflict') {
      const detail =
        'An event of this source and id counts already with another content: the first one stands.'
      return { outcome: 'would-stay', facts: 0, detail }
    }
    const judge: Judge = (event) => this.#admit(event)
    const { facts, refusals } =
      record.stage === 'inbound'
        ? this.#judged(this.#understood(message), judge)
        : this.#readOwn(message, judge)
    if (refusals.length > 0) return { outcome: 'would-stay', facts: facts.length, detail: detailOf(refusals) }
    return { outcome: 'would-count', facts: facts.length, detail: 'Everything in it is understood by now.' }
  }

  /** After master data changed: replays what waited for exactly these codes. Returns how many were replayed. */
  async replayKnown(): Promise<number> {
    const { exceptions, master } = this.#parts
    const ready = exceptions
      .openUnknown()
      .filter(({ source, unknown }) => unknown.every((it) => isKnownNow(source, it, master)))
    for (const { id } of ready) await this.replay(id)
    return ready.length
  }

  async #take(messages: readonly JsMsg[]): Promise<void> {
    const { database, journal, clock, newId } = this.#parts
    const taken = inTransaction(database, () =>
      messages.map((raw) => {
        const headers = headersOf(raw)
        const message: Message = {
          source: sourceOf(raw.subject),
          body: raw.data,
          contentType: headers['content-type'] ?? null,
          headers,
          receivedAt: clock.now(),
        }
        const correlationId = headers['x-correlation-id'] ?? newId()
        const receipt = this.#log.keep(raw.seq, message, correlationId)
        journal.setCursor('INBOUND', { created: this.#created, sequence: raw.seq })
        return { receipt, sequence: raw.seq, message, correlationId }
      }),
    )
    for (const { receipt, sequence } of taken) this.#receipts.answer(sequence, receipt)
    await this.#translateAll(taken)
    this.#understoodTo.reach(taken[taken.length - 1]!.sequence)
  }

  async #translateAll(taken: readonly Received[]): Promise<void> {
    if (taken.length === 0) return
    const understood: (Received & { refusals: Refusal[] })[] = []
    let waiting: Fact[] = []
    const tellers = new Map<string, string>()
    const submit = async (): Promise<void> => {
      await this.#submitBySource(waiting)
      waiting = []
      tellers.clear()
    }
    for (const received of taken) {
      const { message, correlationId } = received
      const said = this.#understood(message)
      const refusals = [...said.refusals]
      for (const event of said.events) {
        const order = orderOf(event)
        const teller = order === undefined ? undefined : tellers.get(order)
        // What another source has just told of the same order has to be in the books first, and what means lines it doesn't name.
        if (teller !== undefined && (teller !== message.source || needsKnownLines(event))) await submit()
        if (order !== undefined) tellers.set(order, message.source)
        const { fact, refusal } = this.#judge(event)
        if (fact) waiting.push({ correlationid: correlationId, ...fact })
        if (refusal) refusals.push(refusal)
      }
      understood.push({ ...received, refusals })
    }
    await submit()
    inTransaction(this.#parts.database, () => {
      for (const { message, sequence, refusals, correlationId } of understood) {
        const letter = { stage: 'inbound', message, correlationId } as const
        if (isSome(refusals))
          this.#parts.exceptions.keepNew(letterOf(sequence, message), { ...letter, refusals })
      }
      this.#parts.journal.setNumber(TRANSLATED, taken[taken.length - 1]!.receipt)
    })
  }

  async #understand(message: Message, stage: DeadLetter['stage']): Promise<Refusal[]> {
    const { facts, refusals } =
      stage === 'inbound' ? this.#judged(this.#understood(message)) : this.#readOwn(message)
    const statuses = await this.#submitBySource(facts)
    const conflicts = facts.filter((fact) => statuses.get(fact) === 'conflict').map(conflictRefusal)
    return [...refusals, ...conflicts]
  }

  #understood(message: Message): Translation {
    const { master, log } = this.#parts
    const said = translate(message, master)
    if (said.warnings.length > 0)
      log.info({ source: message.source, warnings: said.warnings.slice(0, 5) }, 'understood, with remarks')
    return said
  }

  #judged({ events, refusals }: Translation, judge: Judge = (event) => this.#judge(event)) {
    return sorted(events.map(judge), refusals)
  }

  /** A letter of a canonical event that came by our own door: in our codes, else in its source's. */
  #readOwn(
    message: Message,
    judge: Judge = (event) => this.#judge(event),
  ): { facts: Fact[]; refusals: readonly Refusal[] } {
    const parsed = CanonicalEvent.safeParse(JSON.parse(new TextDecoder().decode(message.body)))
    if (parsed.success) return sorted([this.#judgeOwn(parsed.data, message, judge)])
    const { events, refusals } = translateOwnCodes(message, this.#parts.master)
    return sorted(events.map(judge), refusals)
  }

  /** A canonical event in our codes; where it doesn't know them, in those that are mapped for its source. */
  #judgeOwn(event: CanonicalEvent, message: Message, judge: Judge = (it) => this.#judge(it)): Judged {
    const { master } = this.#parts
    const judged = judge(event)
    if (judged.refusal?.unknown === undefined || !master.mapping(event.source)) return judged
    const { events, refusals } = translateOwnCodes(message, master)
    const [mapped] = events
    return mapped ? judge(mapped) : { fact: null, refusal: refusals[0] ? named(refusals[0]) : judged.refusal }
  }

  /** What no schema of ours takes may still be right in its source's codes: a sku of theirs with a blank in it, say. */
  #judgeForeign(message: Message, refusal: Refusal | null): Judged {
    const { master } = this.#parts
    if (refusal?.code !== 'invalid-event' || !master.source(message.source)) return { fact: null, refusal }
    const { events, refusals, warnings } = translateOwnCodes(message, master)
    const [[event], [waiting]] = [events, refusals]
    if (event && warnings.length === 0 && master.mapping(message.source)) return this.#judge(event)
    return { fact: null, refusal: waiting?.unknown ? named(waiting) : refusal }
  }

  /** Judged, and from here on under way: a policy has its version, an item is being put. */
  #judge(event: CanonicalEvent): Judged {
    const { items, versions } = this.#parts
    const judged = this.#admit(event)
    const { fact } = judged
    if (fact?.type === 'plimsoll.policy.activated') return { fact: versions.numbered(fact), refusal: null }
    if (fact?.type === 'plimsoll.item.upserted' && !this.#coming.has(nameOf(fact)))
      this.#coming.set(nameOf(fact), items.begin(fact.subject, fact.data))
    return judged
  }

  /** Whether an event may count; asking changes nothing. */
  #admit(event: CanonicalEvent): Judged {
    const { master, clock, items } = this.#parts
    const told = withKnownLines(withOwnLot(event, master), this.#parts.books)
    const accepted = accept(told, master, clock.now(), items)
    if (!accepted.ok) return { fact: null, refusal: accepted.error }
    const fact = accepted.value
    if (fact.type !== 'plimsoll.policy.activated') return { fact, refusal: null }
    const forbidden = this.#parts.forbidsPolicy(fact.data.kind, fact.data.scope)
    if (forbidden === null) return { fact, refusal: null }
    return { fact: null, refusal: { class: 'out-of-policy', code: 'governed-by-centre', detail: forbidden } }
  }

  async #submitBySource(facts: readonly Fact[]): Promise<Map<Fact, FactStatus>> {
    const bySource = Map.groupBy(facts, ({ source }) => source)
    const statuses = new Map<Fact, FactStatus>()
    await Promise.all(
      [...bySource].map(async ([source, theirs]) => {
        try {
          const done = await this.#parts.submit(source, theirs)
          theirs.forEach((fact, i) => statuses.set(fact, done[i]!))
        } finally {
          for (const fact of theirs) this.#arrived(fact)
        }
      }),
    )
    return statuses
  }

  /** An item is in the book, or never will be: it is no longer on its way. */
  #arrived(fact: Fact): void {
    if (fact.type !== 'plimsoll.item.upserted') return
    this.#coming.get(nameOf(fact))?.()
    this.#coming.delete(nameOf(fact))
  }

  #keep(letter: DeadLetter): void {
    this.#parts.exceptions.keep(this.#parts.newId(), letter)
  }
}

const isSome = (refusals: readonly Refusal[]): refusals is readonly [Refusal, ...Refusal[]] =>
  refusals.length > 0

const nameOf = ({ source, id }: Fact): string => `${source}\n${id}`

/** Connectors say that a code is unknown, the border says of what: our own door says it in one way. */
const named = (refusal: Refusal): Refusal =>
  refusal.unknown ? { ...refusal, code: `unknown-${refusal.unknown.kind}` } : refusal

type Judge = (event: CanonicalEvent) => Judged
type Judged = { readonly fact: Fact | null; readonly refusal: Refusal | null }

const sorted = (
  judged: readonly Judged[],
  refusals: readonly Refusal[] = [],
): { facts: Fact[]; refusals: Refusal[] } => ({
  facts: judged.flatMap(({ fact }) => (fact ? [fact] : [])),
  refusals: [...refusals, ...judged.flatMap(({ refusal }) => (refusal ? [refusal] : []))],
})
