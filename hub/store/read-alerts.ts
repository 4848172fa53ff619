import { and, asc, desc, eq, gt, isNull, lt, or } from './drizzle.ts'
import type { Alert, AlertStep, Silence } from '../../shared/contract/alert-api.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import type { Rules } from '../alerts/alert-rule.ts'
import { alert, alertSilence, alertStep } from './alert-tables.ts'
import type { Database } from './database.ts'

export type AlertRow = typeof alert.$inferSelect

export type AlertFilter = {
  readonly region?: string | undefined
  readonly state?: string | undefined
  readonly kind?: string | undefined
  readonly severity?: string | undefined
  /** `none`: nobody looks after it. */
  readonly owner?: string | undefined
  readonly cursor?: { readonly at: string; readonly id: string } | undefined
  readonly limit: number
}

const HISTORY_MAX = 500
const SILENCES_MAX = 1_000

/** Alerts as they are told: with the rule that they were judged by, and whether they are silenced now. */
export class AlertReader {
  readonly #db: Database
  readonly #rules: Rules

  constructor(db: Database, rules: Rules) {
    this.#db = db
    this.#rules = rules
  }

  /** Latest change first. */
  async list(
    filter: AlertFilter,
    now: Instant,
  ): Promise<{ alerts: Alert[]; next: { at: string; id: string } | null }> {
    const is = (column: Parameters<typeof eq>[0], value: unknown) =>
      value === undefined ? undefined : eq(column, value)
    const { cursor } = filter
    const rows = await this.#db
      .select()
      .from(alert)
      .where(
        and(
          is(alert.region, filter.region),
          is(alert.state, filter.state),
          is(alert.kind, filter.kind),
          is(alert.severity, filter.severity),
          filter.owner === 'none' ? isNull(alert.owner) : is(alert.owner, filter.owner),
          cursor &&
            or(lt(alert.updatedAt, cursor.at), and(eq(alert.updatedAt, cursor.at), lt(alert.id, cursor.id))),
        ),
      )
      .orderBy(desc(alert.updatedAt), desc(alert.id))
      .limit(filter.limit)
    const last = rows.length === filter.limit ? rows[rows.length - 1]! : null
    return {
      alerts: await this.told(rows, now),
      next: last && { at: utc(last.updatedAt), id: last.id },
    }
  }

  async read(id: string, now: Instant): Promise<(Alert & { history: AlertStep[] }) | null> {
    const [row] = await this.#db.select().from(alert).where(eq(alert.id, id))
    if (!row) return null
    const steps = await this.#db
      .select()
      .from(alertStep)
      .where(eq(alertStep.alert, id))
      .orderBy(asc(alertStep.step))
      .limit(HISTORY_MAX)
    const [told] = await this.told([row], now)
    const history = steps.map(({ at, what, by, detail }) => ({ at: utc(at), what, by, detail }) as AlertStep)
    return { ...told!, history }
  }

  /** Those that changed after a moment, oldest change first. */
  async since(moment: string, limit: number, now: Instant): Promise<Alert[]> {
    const rows = await this.#db
      .select()
      .from(alert)
      .where(gt(alert.updatedAt, moment))
      .orderBy(asc(alert.updatedAt), asc(alert.id))
      .limit(limit)
    return this.told(rows, now)
  }

  /** Inside a transaction it has to be asked through it: PGlite has one connection. */
  async told(rows: readonly AlertRow[], now: Instant, db = this.#db): Promise<Alert[]> {
    const silences = rows.length === 0 ? [] : await this.silences(now, db)
    return rows.map((row) => {
      const { key: _key, isNotifyDue: _due, notifiedAt: _at, ...it } = row
      const rule = this.#rules[row.kind as Alert['kind']]
      return {
        ...(it as unknown as Alert),
        raise: rule.raise,
        clear: rule.clear,
        since: utc(row.since),
        updatedAt: utc(row.updatedAt),
        resolvedAt: row.resolvedAt === null ? null : utc(row.resolvedAt),
        silencedUntil: silencedUntil(row, silences),
        runbook: rule.runbook,
      }
    })
  }

  /** Those that hold now, the longest first. */
  async silences(now: Instant, db = this.#db): Promise<Silence[]> {
    const rows = await db
      .select()
      .from(alertSilence)
      .where(gt(alertSilence.until, formatInstant(now)))
      .orderBy(desc(alertSilence.until))
      .limit(SILENCES_MAX)
    return rows.map((row) => ({ ...row, until: utc(row.until), at: utc(row.at) }) as Silence)
  }
}

/** A silence fits what it names; the last to end tells until when. */
export function silencedUntil(
  { kind, region, subject }: Pick<AlertRow, 'kind' | 'region' | 'subject'>,
  silences: readonly Silence[],
): string | null {
  const fits = silences.filter(
    (it) =>
      (it.kind === null || it.kind === kind) &&
      (it.region === null || it.region === region) &&
      (it.subject === null || it.subject === subject),
  )
  return fits.reduce<string | null>((last, { until }) => (last === null || until > last ? until : last), null)
}

/** PostgreSQL writes times its own way. */
const utc = (text: string): string => new Date(text).toISOString()
