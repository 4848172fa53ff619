import type { DatabaseSync } from 'node:sqlite'
import type { Fact } from '../../shared/contract/events.ts'
import type { Clock, Instant } from '../../shared/kernel/clock.ts'
import { invariant } from '../../shared/kernel/invariant.ts'
import { inTransaction } from '../store/database.ts'
import { SyncedWrites } from '../store/synced-writes.ts'
import { Checkpoint } from './checkpoint.ts'
import { type Effects, newEffects } from './core/effects.ts'
import { FACT_KEY_WORDS } from '../../shared/contract/fact-key.ts'
import { type FactStatus, Ledger } from './core/ledger.ts'
import { DecisionBatch } from './decision-batch.ts'
import { FACT_STATUSES, Journal, type StreamCursor } from './journal.ts'
import { factsIn } from './journal-body.ts'
import { CorrectionBook } from './correction-book.ts'
import { PolicyHistory } from './policy-history.ts'
import { StreamDigests } from './stream-digests.ts'
import { RememberedAnswers } from './remembered-answers.ts'

/** A message of FACTS or DECISIONS: a JSON array of canonical events. */
export type FactMessage = { readonly sequence: number; readonly body: Uint8Array }

/** What a batch did, told once it is on the disk. */
export type Committed = {
  readonly effects: Effects
  readonly messages: readonly { readonly sequence: number; readonly statuses: readonly FactStatus[] }[]
  /** Facts whose key was known with another content. */
  readonly conflicts: readonly Fact[]
}

/**
 * The books wait until this many times the time that writing them took last has passed: a twentieth of the time at most, however
 * many positions change, and what changes often is written once.
 */
const CHECKPOINT_PAUSE_FACTOR = 20
const CHECKPOINT_PAUSE_MS_MIN = 100
/**
 * Nor longer than until so many holds and orders wait: each is written once whenever that is, and while many are written at once,
 * which is some two milliseconds for these, nobody is answered.
 */
const CHECKPOINT_DEMAND_MAX = 200

/** The newest entries whose chain is verified before anything is built on them; `ops/journal-watch.ts` looks at the rest. */
const VERIFIED_AT_START = 5_000

/** Orders looked at in one go, whether they can be let go: some ten milliseconds. */
const LOOKED_AT_MAX = 1_000

const CHECKPOINT_ENTRY = 'checkpoint.entry'
const CHECKPOINT_SEQUENCE = 'checkpoint.sequence'

/**
 * The only writer of a region's ledger: folds messages, and puts facts, books and cursors of a batch on the disk in one
 * transaction. If that fails the state in memory is ahead of the disk: the caller must stop the process. What nobody
 * waits for (the books) is on the disk with the next that someone waits for; a power cut takes back whole transactions.
 */
export class LedgerWriter {
  readonly ledger: Ledger
  readonly journal: Journal
  readonly answers: RememberedAnswers
  readonly policies: PolicyHistory
  readonly corrections: CorrectionBook
  /** Of what was taken of each stream: the centre has to have taken the same. */
  readonly digests: StreamDigests
  readonly #database: DatabaseSync
  readonly #disk: SyncedWrites
  readonly #checkpoint: Checkpoint
  readonly #clock: Clock
  #lastEntry = 0
  /** Decisions that are on the disk, and of which it is not known yet whether the stream took them. */
  #unconfirmed: DecisionBatch | null = null
  #confirmed: (StreamCursor & { readonly entry: number }) | null = null
  #checkpointedAt: Instant
  #checkpointPauseMs = CHECKPOINT_PAUSE_MS_MIN

  constructor(database: DatabaseSync, clock: Clock, options: { readonly deltasMax?: number } = {}) {
    this.#database = database
    this.#clock = clock
    this.#disk = new SyncedWrites(database)
    this.journal = new Journal(database)
    this.answers = new RememberedAnswers(database, clock.now())
    this.policies = new PolicyHistory(database)
    this.corrections = new CorrectionBook(database)
    this.digests = new StreamDigests(this.journal)
    this.#checkpoint = new Checkpoint(database)
    this.ledger = new Ledger(options)
    this.#recover()
    this.#checkpointedAt = clock.now()
  }

  /** Folds and journals messages of one stream. They are on the disk once a `synced` that is asked for afterwards resolves. */
  commit(stream: string, created: string, messages: readonly FactMessage[]): Committed {
    const effects = newEffects()
    const conflicts: Fact[] = []
    const recordedAt = this.#clock.now()
    const done = messages.map(({ sequence, body }) => ({
      sequence,
      body,
      ...this.#fold(body, effects, recordedAt, conflicts),
    }))
    this.ledger.time.pass(recordedAt, effects)
    for (const { sequence, keys } of done) this.digests.follow(stream, created, sequence).add(sequence, keys)
    this.#write(() => {
      for (const { sequence, sequenceBefore, keys, codes, body, governed } of done) {
        const decided = stream === DECISIONS ? factsIn(body) : []
        this.#noteEpochs(decided)
        this.#noteGoverned(governed)
        // What says nothing new needs no entry: the cursor moves past it.
        if (codes.every((code) => code === DUPLICATE)) continue
        this.#lastEntry = this.journal.append({
          stream,
          streamSequence: sequence,
          recordedAt,
          sequenceBefore,
          body,
          keys,
          statuses: codes,
        })
        this.answers.keep(this.#lastEntry, decided)
      }
      if (messages.length > 0) {
        const cursor = { created, sequence: messages[messages.length - 1]!.sequence }
        if (stream === DECISIONS) this.journal.confirm(this.#lastEntry, cursor)
        else this.journal.setCursor(stream, cursor)
        this.digests.save(stream)
      }
      this.#saveConfirmed()
    })
    return { effects, messages: done, conflicts }
  }

  /** Everything that was committed and decided is on the disk when this resolves; other work goes on meanwhile. */
  synced(): Promise<void> {
    return this.#disk.sync()
  }

  /** Begins a batch of decisions: each is folded as it is made, so that the next one sees it. */
  beginDecisions(): DecisionBatch {
    const now = this.#clock.now()
    const effects = newEffects()
    this.ledger.time.pass(now, effects)
    return new DecisionBatch(this.ledger, effects, now)
  }

  /**
   * Journals decisions (they are on the disk when this resolves), at the place in DECISIONS that they will have. They count once the stream has them
   * (`confirm`). Until then the books are not written: should another writer have been faster, what is on the disk has
   * to be as if the batch had never been (`void`, and the process ends).
   */
  writeDecisions(batch: DecisionBatch, sequence: number): Promise<void> {
    invariant(this.#unconfirmed === null, 'one batch of decisions at a time')
    this.#unconfirmed = batch
    this.#disk.write(() => {
      batch.entry = this.#lastEntry = this.journal.append({
        stream: DECISIONS,
        streamSequence: sequence,
        recordedAt: batch.now,
        sequenceBefore: batch.sequenceBefore,
        body: batch.body,
        keys: batch.keys,
        statuses: new Uint8Array(batch.facts.length),
      })
    })
    this.answers.keep(batch.entry, batch.facts)
    return this.#disk.sync()
  }

  /** The stream has them. That is written with the next batch, and found out again after a stop before that. */
  confirmDecisions(created: string, sequence: number): void {
    this.#confirmed = { created, sequence, entry: this.#unconfirmed!.entry }
    this.digests.follow(DECISIONS, created, sequence).add(sequence, this.#unconfirmed!.keys)
    this.#unconfirmed = null
    if (this.#isCheckpointDue()) this.#writeBooks()
  }

  voidDecisions(batch: DecisionBatch): void {
    inTransaction(this.#database, () => this.journal.void(batch.entry))
  }

  /** Who wrote before, so that this process opens a later epoch. */
  #noteEpochs(decided: readonly Fact[]): void {
    for (const fact of decided)
      if (fact.type === 'plimsoll.leader.elected')
        this.journal.setNumber(EPOCH, Math.max(this.journal.number(EPOCH), fact.data.epoch))
  }

  /** What people decided, told as facts: kept where it can be asked for. */
  #noteGoverned(governed: readonly Fact[]): void {
    for (const fact of governed) {
      if (fact.type === 'plimsoll.policy.activated') this.policies.keep(fact)
      else if (fact.type.startsWith('plimsoll.correction.')) this.corrections.keep(fact)
    }
  }

  #saveConfirmed(): void {
    if (this.#confirmed) {
      this.journal.confirm(this.#confirmed.entry, this.#confirmed)
      this.digests.save(DECISIONS)
    }
    this.#confirmed = null
  }

  /** Lets go of what is over and was not heard of since a moment: the books need not hold every order there ever was. */
  letGo(before: Instant, isUnderWay: (orderRef: string) => boolean): number {
    const { demand, flows } = this.ledger.books
    const count = demand.letGo(before, LOOKED_AT_MAX, isUnderWay)
    for (const orderRef of demand.gone.orderRefs) flows.forget(orderRef)
    return count
  }

  close(): void {
    this.#disk.close()
    this.#database.close()
  }

  /** Writes what the last batches left unwritten, before a stop: the next start then folds nothing again. */
  checkpoint(): void {
    if (this.#unconfirmed === null && this.#checkpoint.dirtyRows(this.ledger.books) > 0) this.#writeBooks()
  }

  #fold(body: Uint8Array, effects: Effects, heardAt: Instant, conflicts: Fact[]): Folded {
    const facts = factsIn(body)
    const sequenceBefore = this.ledger.sequence
    const keys = new Uint32Array(facts.length * FACT_KEY_WORDS)
    const codes = new Uint8Array(facts.length)
    const governed: Fact[] = []
    const place = { words: keys, at: 0 }
    const statuses = facts.map((fact, i) => {
      place.at = i * FACT_KEY_WORDS
      const status = this.ledger.apply(fact, effects, heardAt, place)
      codes[i] = FACT_STATUSES.indexOf(status)
      if (status === 'conflict') conflicts.push(fact)
      if (status === 'accepted' && isGoverned(fact)) governed.push(fact)
      return status
    })
    return { governed, statuses, sequenceBefore, keys, codes }
  }

  /** One transaction, with the books in it when it is time. */
  #write(work: () => void): void {
    if (this.#isCheckpointDue()) this.#writeBooks(work)
    else this.#disk.write(work)
  }

  #isCheckpointDue(): boolean {
    if (this.#unconfirmed !== null) return false
    if (this.ledger.books.demand.dirtyReservations.size >= CHECKPOINT_DEMAND_MAX) return true
    return this.#clock.now() - this.#checkpointedAt >= this.#checkpointPauseMs
  }

  #writeBooks(before: () => void = () => {}): void {
    const startedAt = this.#clock.now()
    this.#disk.write(() => {
      before()
      this.#saveConfirmed()
      this.answers.save()
      this.#checkpoint.save(this.ledger.books)
      this.journal.setNumber(CHECKPOINT_ENTRY, this.#lastEntry)
      this.journal.setNumber(CHECKPOINT_SEQUENCE, this.ledger.sequence)
    })
    this.#checkpoint.clearDirty(this.ledger.books)
    this.#checkpointedAt = this.#clock.now()
    this.#checkpointPauseMs = Math.max(
      CHECKPOINT_PAUSE_MS_MIN,
      CHECKPOINT_PAUSE_FACTOR * (this.#checkpointedAt - startedAt),
    )
  }

  /** The books from the checkpoint, what has been seen from the journal's keys, and the tail folded again. */
  #recover(): void {
    const checkpointed = this.journal.number(CHECKPOINT_ENTRY)
    this.ledger.sequence = this.journal.number(CHECKPOINT_SEQUENCE)
    this.ledger.expect(this.ledger.sequence)
    this.#checkpoint.load(this.ledger.books)
    for (const { keys, statuses } of this.journal.keysTo(checkpointed)) this.#remember(keys, statuses)
    const verifyFrom = Math.min(checkpointed, Math.max(0, this.journal.lastEntry() - VERIFIED_AT_START))
    for (const entry of this.journal.entriesAfter(verifyFrom)) {
      this.#lastEntry = entry.entry
      if (entry.entry <= checkpointed || this.journal.isVoid(entry.entry)) continue
      const facts = factsIn(entry.body)
      for (const fact of facts) this.ledger.apply(fact, newEffects(), entry.recordedAt)
      if (entry.stream === DECISIONS) this.answers.keep(entry.entry, facts)
    }
    this.ledger.time.pass(this.#clock.now(), newEffects())
    this.ledger.duplicates = 0
  }

  #remember(keys: Uint32Array, statuses: Uint8Array): void {
    for (let i = 0; i < statuses.length; i++)
      if (statuses[i] === ACCEPTED) this.ledger.remember(keys, i * FACT_KEY_WORDS)
  }
}

const DECISIONS = 'DECISIONS'
/** The last epoch that was opened, by whomever. */
export const EPOCH = 'epoch'
const ACCEPTED = FACT_STATUSES.indexOf('accepted')
const DUPLICATE = FACT_STATUSES.indexOf('duplicate')

/** What became of a message's facts, and how the journal knows them. */
type Folded = {
  /** Those that people decided. The rest is let go at once: kept until the commit, it would all be copied by the collector. */
  readonly governed: readonly Fact[]
  readonly statuses: readonly FactStatus[]
  readonly sequenceBefore: number
  readonly keys: Uint32Array
  readonly codes: Uint8Array
}

const isGoverned = ({ type }: Fact): boolean =>
  type === 'plimsoll.policy.activated' || type.startsWith('plimsoll.correction.')
