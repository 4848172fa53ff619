import { and, asc, eq, inArray, isNull, lt, lte, or } from '../store/drizzle.ts'
import type { Logger } from 'pino'
import { uuidv7 } from 'uuidv7'
import type { AlertMessage } from '../../shared/contract/alert-api.ts'
import { type Backoff, backoffMs } from '../../shared/kernel/backoff.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import type { Random } from '../../shared/kernel/random.ts'
import { alert, alertDelivery, alertStep } from '../store/alert-tables.ts'
import type { Database } from '../store/database.ts'
import { type AlertReader, type AlertRow, silencedUntil } from '../store/read-alerts.ts'
import type { AlertConfig } from './alert-config.ts'
import type { Output } from './outputs/output.ts'

type Parts = {
  readonly db: Database
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly config: AlertConfig
  readonly reader: AlertReader
  readonly outputs: readonly Output[]
}

/** Alerts of one message; a group of more is told in several. */
const ALERTS_PER_MESSAGE_MAX = 100
const BACKOFF: Backoff = { firstMs: 1_000, mostMs: 300_000 }
/** About an hour of trying: what an output has not taken by then is news no more. */
const ATTEMPTS_MAX = 20
/** Messages that wait for one output; while it is away for days the newest matter. */
const WAITING_MAX = 1_000
const SENT_AT_ONCE_MAX = 20
const KEPT_MS = 7 * 86_400_000

/**
 * Tells people. What changed in a group within a few seconds is one message to each output; messages wait in the database
 * until the output has taken them, so a kill tells nobody less, and at worst somebody twice (under the same id).
 */
export class Notifier {
  readonly #parts: Parts
  readonly #sending = new Set<string>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Makes messages of what is due to be told. */
  async gather(): Promise<void> {
    const { db, clock, config } = this.#parts
    const now = clock.now()
    const again = and(
      eq(alert.state, 'firing'),
      isNull(alert.acknowledged),
      lte(alert.notifiedAt, formatInstant(now - config.repeatEveryMs)),
    )
    await db.transaction(async (tx) => {
      const rows = await tx
        .select()
        .from(alert)
        .where(or(eq(alert.isNotifyDue, true), again))
        .orderBy(asc(alert.updatedAt))
        .limit(ALERTS_PER_MESSAGE_MAX * 10)
      const silences = await this.#parts.reader.silences(now, tx)
      const loud = rows.filter((row) => silencedUntil(row, silences) === null)
      for (const [group, its] of Map.groupBy(loud, (row) => row.group)) {
        const waitedMs = now - Math.min(...its.map((row) => Date.parse(row.updatedAt)))
        if (waitedMs >= config.groupForMs) await this.#tell(tx, group, its.slice(0, ALERTS_PER_MESSAGE_MAX))
      }
      await this.#settleSilenced(
        tx,
        rows.filter((row) => !loud.includes(row)),
      )
    })
  }

  /** Under a silence it waits: what still fires when the silence ends is told then, what is over by then is not. */
  async #settleSilenced(db: Database, rows: readonly AlertRow[]): Promise<void> {
    const over = rows.filter(({ state }) => state === 'resolved').map(({ id }) => id)
    if (over.length > 0) await db.update(alert).set({ isNotifyDue: false }).where(inArray(alert.id, over))
  }

  async #tell(db: Database, group: string, rows: readonly AlertRow[]): Promise<void> {
    const { outputs, reader, clock } = this.#parts
    const at = formatInstant(clock.now())
    const message: AlertMessage = {
      type: 'plimsoll.alerts',
      group,
      status: rows.some(({ state }) => state === 'firing') ? 'firing' : 'resolved',
      alerts: await reader.told(rows, clock.now(), db),
    }
    for (const { name } of outputs) {
      await this.#makeRoom(db, name)
      await db
        .insert(alertDelivery)
        .values({ id: uuidv7(), output: name, message, at, state: 'waiting', attempts: 0, nextAt: at })
    }
    const ids = rows.map(({ id }) => id)
    await db.update(alert).set({ isNotifyDue: false, notifiedAt: at }).where(inArray(alert.id, ids))
    if (outputs.length === 0) return
    const detail = outputs.map(({ name }) => name).join(', ')
    await db
      .insert(alertStep)
      .values(ids.map((id) => ({ alert: id, at, what: 'notified', by: 'centre', detail })))
  }

  async #makeRoom(db: Database, output: string): Promise<void> {
    const waiting = await db
      .select({ id: alertDelivery.id })
      .from(alertDelivery)
      .where(and(eq(alertDelivery.output, output), eq(alertDelivery.state, 'waiting')))
      .orderBy(asc(alertDelivery.id))
    const over = waiting.slice(0, Math.max(0, waiting.length + 1 - WAITING_MAX)).map(({ id }) => id)
    if (over.length === 0) return
    this.#parts.log.error(
      { output, messages: over.length },
      'an output takes no messages: the oldest are given up',
    )
    await db
      .update(alertDelivery)
      .set({ state: 'dead', nextAt: null, error: 'too many wait' })
      .where(inArray(alertDelivery.id, over))
  }

  /** Sends what is due. One message at a time to an output, so that they arrive in their order. */
  async send(): Promise<void> {
    const { db, clock, outputs } = this.#parts
    const due = await db
      .select()
      .from(alertDelivery)
      .where(and(eq(alertDelivery.state, 'waiting'), lte(alertDelivery.nextAt, formatInstant(clock.now()))))
      .orderBy(asc(alertDelivery.id))
      .limit(SENT_AT_ONCE_MAX * Math.max(1, outputs.length))
    const byOutput = Map.groupBy(due, ({ output }) => output)
    await Promise.all(
      [...byOutput].map(async ([name, messages]) => {
        if (this.#sending.has(name)) return
        this.#sending.add(name)
        try {
          for (const message of messages) if (!(await this.#deliver(message))) break
        } finally {
          this.#sending.delete(name)
        }
      }),
    )
  }

  async #deliver(delivery: typeof alertDelivery.$inferSelect): Promise<boolean> {
    const { db, clock, random, log, outputs } = this.#parts
    const output = outputs.find(({ name }) => name === delivery.output)
    const attempts = delivery.attempts + 1
    const error = output
      ? await output.send(delivery.id, delivery.message as AlertMessage, clock.now()).then(
          () => null,
          (cause: unknown) => String(cause instanceof Error ? cause.message : cause).slice(0, 500),
        )
      : 'there is no such output any more'
    const isDead = error !== null && (attempts >= ATTEMPTS_MAX || !output)
    if (error !== null)
      log.warn({ output: delivery.output, attempts, error, isDead }, 'an alert could not be sent')
    const state = error === null ? 'sent' : isDead ? 'dead' : 'waiting'
    const nextAt =
      state === 'waiting' ? formatInstant(clock.now() + backoffMs(BACKOFF, attempts, random)) : null
    await db
      .update(alertDelivery)
      .set({ state, attempts, error, nextAt })
      .where(eq(alertDelivery.id, delivery.id))
    return error === null
  }

  async prune(): Promise<void> {
    const { db, clock } = this.#parts
    const before = formatInstant(clock.now() - KEPT_MS)
    await db
      .delete(alertDelivery)
      .where(and(inArray(alertDelivery.state, ['sent', 'dead']), lt(alertDelivery.at, before)))
  }
}
