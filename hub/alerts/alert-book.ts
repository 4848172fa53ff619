import { and, eq } from '../store/drizzle.ts'
import { uuidv7 } from 'uuidv7'
import type { AlertKind, AlertStep } from '../../shared/contract/alert-api.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import { alert, alertSilence, alertStep } from '../store/alert-tables.ts'
import type { Database } from '../store/database.ts'
import type { AlertRow } from '../store/read-alerts.ts'
import { type AlertChange, keyOf, type Measure } from './alert-engine.ts'

type Parts = {
  readonly db: Database
  readonly clock: Clock
  readonly owners: Partial<Record<AlertKind, string>>
}

export type NewSilence = {
  readonly kind: string | null
  readonly region: string | null
  readonly subject: string | null
  readonly minutes: number
  readonly reason: string
}

const CENTRE = 'centre'
const MINUTE_MS = 60_000

/** Alerts in the database: what the engine says of them, and what people do about them. */
export class AlertBook {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** What fires, for an engine that starts. */
  async firing(): Promise<{ measure: Measure; severity: 'warning' | 'critical' }[]> {
    const rows = await this.#parts.db.select().from(alert).where(eq(alert.state, 'firing'))
    return rows.map(({ kind, region, subject, level, summary, labels, severity }) => ({
      measure: { kind, region, subject, level, summary, labels } as Measure,
      severity: severity as 'warning' | 'critical',
    }))
  }

  /** Writes what the engine found, so that who has to be told is known even after a kill. */
  async record(changes: readonly AlertChange[]): Promise<void> {
    if (changes.length === 0) return
    const now = this.#now()
    await this.#parts.db.transaction(async (tx) => {
      for (const change of changes) await this.#recordOne(tx, change, now)
    })
  }

  async #recordOne(db: Database, { what, measure, severity }: AlertChange, now: string): Promise<void> {
    const { kind, region, subject, level, summary, labels } = measure
    const key = keyOf(measure)
    const said = { level, summary, labels, severity }
    if (what === 'fired') {
      const id = uuidv7()
      const owner = this.#parts.owners[kind] ?? null
      const row = { id, key, kind, region, subject, group: `${kind}/${region}`, state: 'firing', ...said }
      const [made] = await db
        .insert(alert)
        .values({ ...row, since: now, updatedAt: now, owner, isNotifyDue: true })
        .onConflictDoNothing()
        .returning({ id: alert.id })
      if (made) await this.#step(db, id, { what, at: now, by: CENTRE, detail: summary })
      return
    }
    const [row] = await db
      .select()
      .from(alert)
      .where(and(eq(alert.key, key), eq(alert.state, 'firing')))
      .for('update')
    if (!row) return
    if (what === 'same') {
      if (row.summary !== summary)
        await db
          .update(alert)
          .set({ ...said, updatedAt: now })
          .where(eq(alert.id, row.id))
      return
    }
    const isOver = what === 'resolved'
    await db
      .update(alert)
      .set(
        isOver
          ? // Of what nobody was told, nobody has to be told that it is over.
            { state: 'resolved', resolvedAt: now, updatedAt: now, isNotifyDue: row.notifiedAt !== null }
          : { ...said, updatedAt: now, isNotifyDue: true },
      )
      .where(eq(alert.id, row.id))
    await this.#step(db, row.id, { what, at: now, by: CENTRE, detail: isOver ? 'it is over' : summary })
  }

  acknowledge(id: string, by: string, note: string): Promise<AlertRow | null> {
    return this.#change(id, (row, at) =>
      row.acknowledged === null
        ? { set: { acknowledged: { by, at, note } }, step: { what: 'acknowledged', by, detail: note } }
        : null,
    )
  }

  own(id: string, by: string, owner: string | null): Promise<AlertRow | null> {
    const detail = owner === null ? 'looked after by nobody' : `looked after by ${owner}`
    return this.#change(id, (row) =>
      row.owner === owner ? null : { set: { owner }, step: { what: 'owned', by, detail } },
    )
  }

  /** Nobody is told of this very thing until then. */
  async silence(id: string, by: string, minutes: number, reason: string): Promise<AlertRow | null> {
    const row = await this.#change(id, () => ({
      set: {},
      step: { what: 'silenced', by, detail: `for ${minutes} minutes: ${reason}` },
    }))
    if (!row) return null
    const { kind, region, subject } = row
    await this.addSilence({ kind, region, subject, minutes, reason }, by)
    return row
  }

  async addSilence({ minutes, ...asked }: NewSilence, by: string): Promise<string> {
    const id = uuidv7()
    const at = this.#parts.clock.now()
    const until = formatInstant(at + minutes * MINUTE_MS)
    await this.#parts.db.insert(alertSilence).values({ id, ...asked, until, by, at: formatInstant(at) })
    return id
  }

  async findSilence(id: string): Promise<typeof alertSilence.$inferSelect | undefined> {
    const [row] = await this.#parts.db.select().from(alertSilence).where(eq(alertSilence.id, id))
    return row
  }

  /** Ends it now. It is kept: it tells why nobody was told. */
  async endSilence(id: string): Promise<void> {
    await this.#parts.db.update(alertSilence).set({ until: this.#now() }).where(eq(alertSilence.id, id))
  }

  async find(id: string): Promise<AlertRow | undefined> {
    const [row] = await this.#parts.db.select().from(alert).where(eq(alert.id, id))
    return row
  }

  async #change(
    id: string,
    decide: (row: AlertRow, now: string) => { set: Partial<AlertRow>; step: Omit<AlertStep, 'at'> } | null,
  ): Promise<AlertRow | null> {
    return this.#parts.db.transaction(async (tx) => {
      const [row] = await tx.select().from(alert).where(eq(alert.id, id)).for('update')
      if (!row) return null
      const now = this.#now()
      const change = decide(row, now)
      if (!change) return row
      await tx
        .update(alert)
        .set({ ...change.set, updatedAt: now })
        .where(eq(alert.id, id))
      await this.#step(tx, id, { ...change.step, at: now })
      return { ...row, ...change.set }
    })
  }

  async #step(db: Database, id: string, step: AlertStep): Promise<void> {
    await db.insert(alertStep).values({ alert: id, ...step })
  }

  #now(): string {
    return formatInstant(this.#parts.clock.now())
  }
}
