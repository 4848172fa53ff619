import type { SQL } from 'drizzle-orm'
import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, or, sql } from './drizzle.ts'
import type {
  Variance,
  VarianceAction,
  VarianceProposal,
  VarianceStep,
  VarianceTrend,
} from '../../shared/contract/variance-api.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import type { Database } from './database.ts'
import type { VarianceRow } from './save-variances.ts'
import { variance, varianceStep } from './variance-tables.ts'

export type VarianceFilter = {
  readonly region?: string | undefined
  readonly state?: string | undefined
  readonly kind?: string | undefined
  readonly class?: string | undefined
  readonly source?: string | undefined
  readonly sku?: string | undefined
  readonly node?: string | undefined
  /** `none`: nobody looks after it. */
  readonly owner?: string | undefined
  readonly valueMin?: number | undefined
  readonly openedBefore?: string | undefined
  /** Without it, those that are settled. */
  readonly settled?: boolean | undefined
  readonly sort?: VarianceSort | undefined
  readonly cursor?: VarianceCursor | undefined
  readonly limit: number
}

/** Newest word, oldest first, or most worth first. */
type VarianceSort = 'updated' | 'oldest' | 'value'
export type VarianceCursor = { readonly at: string | number; readonly id: string }

const HISTORY_MAX = 500
const HOUR_MS = 3_600_000

const worth = sql<number>`coalesce(${variance.value}, 0)`

/** A page of variances, in the order that was asked for. */
export async function readVariances(
  db: Database,
  filter: VarianceFilter,
  now: Instant,
): Promise<{ variances: Variance[]; next: VarianceCursor | null }> {
  const sort = filter.sort ?? 'updated'
  const rows = await db
    .select()
    .from(variance)
    .where(and(...conditionsOf(filter), behind(sort, filter.cursor)))
    .orderBy(...ORDERS[sort])
    .limit(filter.limit)
  const last = rows.length === filter.limit ? rows[rows.length - 1]! : null
  return {
    variances: rows.map((row) => varianceOf(row, now)),
    next: last && { at: PLACES[sort](last), id: last.id },
  }
}

function conditionsOf(filter: VarianceFilter): (SQL | undefined)[] {
  const is = (column: Parameters<typeof eq>[0], value: unknown): SQL | undefined =>
    value === undefined ? undefined : eq(column, value)
  return [
    is(variance.region, filter.region),
    is(variance.state, filter.state),
    is(variance.kind, filter.kind),
    is(variance.class, filter.class),
    is(variance.source, filter.source),
    is(variance.sku, filter.sku),
    is(variance.node, filter.node),
    filter.owner === 'none' ? isNull(variance.owner) : is(variance.owner, filter.owner),
    filter.valueMin === undefined ? undefined : gte(variance.value, filter.valueMin),
    filter.openedBefore === undefined ? undefined : lt(variance.openedAt, filter.openedBefore),
    eq(variance.isSettled, filter.settled ?? true),
  ]
}

const ORDERS: Record<VarianceSort, SQL[]> = {
  updated: [desc(variance.updatedAt), desc(variance.id)],
  oldest: [asc(variance.openedAt), asc(variance.id)],
  value: [desc(worth), desc(variance.id)],
}

const PLACES: Record<VarianceSort, (row: VarianceRow) => string | number> = {
  updated: ({ updatedAt }) => utc(updatedAt),
  oldest: ({ openedAt }) => utc(openedAt),
  value: ({ value }) => value ?? 0,
}

function behind(sort: VarianceSort, cursor: VarianceCursor | undefined): SQL | undefined {
  if (!cursor) return undefined
  const { at, id } = cursor
  if (sort === 'updated')
    return or(
      lt(variance.updatedAt, String(at)),
      and(eq(variance.updatedAt, String(at)), lt(variance.id, id)),
    )
  if (sort === 'oldest')
    return or(gt(variance.openedAt, String(at)), and(eq(variance.openedAt, String(at)), gt(variance.id, id)))
  return or(sql`${worth} < ${Number(at)}`, and(sql`${worth} = ${Number(at)}`, lt(variance.id, id)))
}

export async function readVariance(
  db: Database,
  id: string,
  now: Instant,
): Promise<(Variance & { history: VarianceStep[] }) | null> {
  const row = await varianceRow(db, id)
  if (!row) return null
  const steps = await db
    .select()
    .from(varianceStep)
    .where(eq(varianceStep.variance, id))
    .orderBy(asc(varianceStep.step))
    .limit(HISTORY_MAX)
  const history = steps.map(({ at, what, by, detail }) => ({ at: utc(at), what, by, detail }) as VarianceStep)
  return { ...varianceOf(row, now), history }
}

export async function varianceRow(db: Database, id: string): Promise<VarianceRow | undefined> {
  const [row] = await db.select().from(variance).where(eq(variance.id, id))
  return row
}

/** Those that changed after a moment, oldest change first. */
export async function variancesSince(
  db: Database,
  since: string,
  limit: number,
  now: Instant,
): Promise<Variance[]> {
  const rows = await db
    .select()
    .from(variance)
    .where(and(gt(variance.updatedAt, since), eq(variance.isSettled, true)))
    .orderBy(asc(variance.updatedAt), asc(variance.id))
    .limit(limit)
  return rows.map((row) => varianceOf(row, now))
}

/** What was opened and closed in each of the last hours, by class; in all regions when none are named. */
export async function varianceTrend(
  db: Database,
  { regions, hours }: { readonly regions: readonly string[] | undefined; readonly hours: number },
  now: Instant,
): Promise<VarianceTrend[]> {
  const since = formatInstant(now - hours * HOUR_MS)
  const ofRegions = regions && inArray(variance.region, [...regions])
  const perHour = (moment: typeof variance.openedAt | typeof variance.closedAt) =>
    db
      .select({
        hour: sql<number>`floor(extract(epoch from ${moment}) / 3600)::float8`.as('hour'),
        class: variance.class,
        count: sql<number>`count(*)::int`,
        units: sql<number>`sum(abs(${variance.difference}))::float8`,
        value: sql<number>`coalesce(sum(${variance.value}), 0)::float8`,
      })
      .from(variance)
      .where(and(isNotNull(moment), gte(moment, since), eq(variance.isSettled, true), ofRegions))
      .groupBy(sql`1`, variance.class)
  const trend = new Map<string, VarianceTrend>()
  const at = (row: { hour: number; class: string }): VarianceTrend => {
    const key = `${row.hour} ${row.class}`
    let found = trend.get(key)
    if (!found) {
      const made = { at: formatInstant(row.hour * HOUR_MS), class: row.class as Variance['class'] }
      trend.set(key, (found = { ...made, opened: 0, closed: 0, openedUnits: 0, openedValue: 0 }))
    }
    return found
  }
  for (const row of await perHour(variance.openedAt)) {
    const it = at(row)
    it.opened += row.count
    it.openedUnits += row.units
    it.openedValue += row.value
  }
  for (const row of await perHour(variance.closedAt)) at(row).closed += row.count
  return [...trend.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.class < b.class ? -1 : 1))
}

function varianceOf(row: VarianceRow, now: Instant): Variance {
  const { key: _key, seen: _seen, isClassDue: _due, ...told } = row
  const closedAt = row.closedAt === null ? null : utc(row.closedAt)
  const openedAt = utc(row.openedAt)
  return {
    ...(told as unknown as Variance),
    class: row.isSettled ? (row.class as Variance['class']) : 'timing',
    openedAt,
    updatedAt: utc(row.updatedAt),
    closedAt,
    ageMs: Math.max(0, (closedAt === null ? now : Date.parse(closedAt)) - Date.parse(openedAt)),
    proposal: proposalOf(row),
    actions: actionsOn(row),
  }
}

export const proposalOf = (row: VarianceRow): VarianceProposal | null =>
  row.proposal as VarianceProposal | null

/**
 *                       accept   correct    repair      approve, reject
 *   closed, in flight     -         -          -              -
 *   open                  yes    of counts   edge, journal    -
 *   proposal waits        yes       -          -             yes
 */
export function actionsOn(row: VarianceRow): VarianceAction[] {
  if (row.state !== 'open' || !row.isSettled) return []
  if (proposalOf(row)?.status === 'waiting') return ['accept', 'approve', 'reject']
  if (row.kind === 'edge' || row.kind === 'journal') return ['accept', 'repair']
  const isCorrectable = row.kind === 'count' && row.difference !== 0
  return isCorrectable ? ['accept', 'correct'] : ['accept']
}

/** PostgreSQL writes times its own way. */
const utc = (text: string): string => new Date(text).toISOString()
