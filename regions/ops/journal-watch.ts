import type { Logger } from 'pino'
import type { Clock, Instant } from '../../shared/kernel/clock.ts'
import type { ExceptionBook } from '../inbox/exception-book.ts'
import { HUB_SOURCE } from '../inbox/own-sources.ts'
import type { Journal } from '../ledger/journal.ts'

/** A slice takes a few milliseconds; ten a second go through a gigabyte in a quarter of an hour. */
const SLICE_BYTES = 256 * 1024
const SLICE_EVERY_MS = 250
/** While someone waits for it. */
const HURRIED_BYTES = 4 * 1024 * 1024
const HURRIED_EVERY_MS = 20
/** What has been looked at may be changed later. */
const AGAIN_AFTER_MS = 86_400_000

export type JournalCheck = {
  readonly state: 'looking' | 'intact' | 'altered'
  /** The last entry that was looked at, and the last there is. */
  readonly checkedTo: number
  readonly lastEntry: number
  /** The first entry that is not what was written, or the one before it. */
  readonly altered: number | null
  readonly startedAt: Instant
  /** Of the last run that went through. */
  readonly finishedAt: Instant | null
}

/**
 * Looks through the whole journal while the hub works, once a day and after every start: each entry carries a hash over
 * itself and the one before. A changed, lost or added entry is an exception, a metric and an error in the log.
 */
export class JournalWatch {
  readonly #journal: Journal
  readonly #exceptions: ExceptionBook
  readonly #clock: Clock
  readonly #log: Logger
  #timer: NodeJS.Timeout | null = null
  #isHurried = false
  #checkedTo = 0
  #altered: number | null = null
  #startedAt: Instant
  #finishedAt: Instant | null = null

  constructor(parts: { journal: Journal; exceptions: ExceptionBook; clock: Clock; log: Logger }) {
    this.#journal = parts.journal
    this.#exceptions = parts.exceptions
    this.#clock = parts.clock
    this.#log = parts.log
    this.#startedAt = parts.clock.now()
  }

  start(): void {
    this.#timer = setTimeout(() => this.#look(), this.#isHurried ? HURRIED_EVERY_MS : SLICE_EVERY_MS)
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Begins anew, and hurries: an operator waits for it. */
  hurry(): void {
    this.#isHurried = true
    this.#begin()
    this.stop()
    this.start()
  }

  get check(): JournalCheck {
    const lastEntry = this.#journal.lastEntry()
    const isDone = this.#finishedAt !== null && this.#finishedAt >= this.#startedAt
    return {
      state: this.#altered !== null ? 'altered' : isDone ? 'intact' : 'looking',
      checkedTo: this.#checkedTo,
      lastEntry,
      altered: this.#altered,
      startedAt: this.#startedAt,
      finishedAt: this.#finishedAt,
    }
  }

  #begin(): void {
    this.#checkedTo = 0
    this.#altered = null
    this.#startedAt = this.#clock.now()
  }

  #look(): void {
    const isWaiting = this.#altered !== null || (this.#finishedAt ?? 0) >= this.#startedAt
    if (isWaiting && this.#clock.now() - this.#startedAt >= AGAIN_AFTER_MS) this.#begin()
    else if (!isWaiting) this.#checkSlice()
    this.start()
  }

  #checkSlice(): void {
    const { to, altered } = this.#journal.check(
      this.#checkedTo,
      this.#isHurried ? HURRIED_BYTES : SLICE_BYTES,
    )
    this.#checkedTo = to
    if (altered !== null) return this.#found(altered)
    if (to < this.#journal.lastEntry()) return
    this.#finishedAt = this.#clock.now()
    this.#isHurried = false
    this.#log.info({ entries: to }, 'the whole journal is what was written')
  }

  #found(entry: number): void {
    this.#altered = entry
    this.#isHurried = false
    const detail = `journal entry ${entry}, or the one before it, is not what was written: restore the database from a backup or a standby`
    this.#log.error({ entry }, detail)
    const id = `journal-altered-${entry}`
    if (this.#exceptions.get(id)) return
    this.#exceptions.keep(id, {
      stage: 'ledger',
      message: {
        source: HUB_SOURCE,
        body: new TextEncoder().encode(JSON.stringify({ entry })),
        contentType: 'application/json',
        headers: {},
        receivedAt: this.#clock.now(),
      },
      refusals: [{ class: 'control-total', code: 'journal-altered', detail }],
      correlationId: id,
    })
  }
}
