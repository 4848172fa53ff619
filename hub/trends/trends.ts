import { type RegionTrend, TREND_STEP_MS, type TrendPoint } from '../../shared/contract/trend-api.ts'
import { type Clock, formatInstant, parseInstant } from '../../shared/kernel/clock.ts'
import type { Intake } from '../intake/intake.ts'
import type { Database } from '../store/database.ts'
import { and, eq, gte, lt, sql } from '../store/drizzle.ts'
import { regionMinute } from '../store/tables.ts'
import { variance } from '../store/variance-tables.ts'

const MINUTE_MS = 60_000
/** Ten thousand rows a region. */
const KEPT_MS = 7 * 86_400_000

type Parts = {
  readonly db: Database
  readonly intake: Pick<Intake, 'watches' | 'pending'>
  readonly regions: readonly string[]
  readonly clock: Clock
}
type Counters = { readonly eventsIn: number; readonly rowsOut: number }

/** Keeps how each region was, a row a minute for seven days, and tells it in steps that a chart can show. */
export class Trends {
  readonly #parts: Parts
  readonly #counters = new Map<string, Counters>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Of a region that was never heard of nothing is kept; of one that is silent, how old its last word is. */
  async sample(): Promise<void> {
    const { db, regions, clock } = this.#parts
    const open = await this.#openVariances()
    const at = formatInstant(Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS)
    for (const region of regions) {
      const seen = await this.#see(region)
      if (!seen) continue
      const row = { region, at, ...seen, variancesOpen: 0, varianceValue: 0, ...open.get(region) }
      await db
        .insert(regionMinute)
        .values(row)
        .onConflictDoUpdate({ target: [regionMinute.region, regionMinute.at], set: WORST })
    }
  }

  async prune(): Promise<void> {
    const { db, clock } = this.#parts
    await db.delete(regionMinute).where(lt(regionMinute.at, formatInstant(clock.now() - KEPT_MS)))
  }

  async read(hours: keyof typeof TREND_STEP_MS): Promise<RegionTrend[]> {
    const { db, regions, clock } = this.#parts
    const stepMs = TREND_STEP_MS[hours]
    const step = sql<number>`floor(extract(epoch from ${regionMinute.at}) * 1000 / ${stepMs}::bigint)::float8`
    const most = (column: (typeof regionMinute)[keyof typeof WORST]) => sql<number>`max(${column})::float8`
    const sum = (column: (typeof regionMinute)[keyof typeof WORST]) => sql<number>`sum(${column})::float8`
    const rows = await db
      .select({
        region: regionMinute.region,
        step: step.as('step'),
        watermarkAgeMs: most(regionMinute.watermarkAgeMs),
        factsBehind: most(regionMinute.factsBehind),
        intakePending: most(regionMinute.intakePending),
        dirtySkus: most(regionMinute.dirtySkus),
        eventsIn: sum(regionMinute.eventsIn),
        rowsOut: sum(regionMinute.rowsOut),
        variancesOpen: most(regionMinute.variancesOpen),
        varianceValue: most(regionMinute.varianceValue),
      })
      .from(regionMinute)
      .where(gte(regionMinute.at, formatInstant(clock.now() - hours * 60 * MINUTE_MS)))
      .groupBy(regionMinute.region, sql`step`)
      .orderBy(sql`step`)
    const points = Map.groupBy(rows, ({ region }) => region)
    return regions.map((region) => ({
      region: region as RegionTrend['region'],
      stepMs,
      points: (points.get(region) ?? []).map(({ region: _region, step: n, ...figures }): TrendPoint => {
        return { at: formatInstant(n * stepMs), ...figures }
      }),
    }))
  }

  async #see(region: string) {
    const { intake, clock } = this.#parts
    const beat = intake.watches.get(region)!.heartbeat
    if (!beat) return null
    const { eventsIn, rowsOut, dirtySkus } = beat.edge
    const before = this.#counters.get(region) ?? { eventsIn, rowsOut }
    this.#counters.set(region, { eventsIn, rowsOut })
    // A writer that began anew counts from 0.
    const isSame = eventsIn >= before.eventsIn && rowsOut >= before.rowsOut
    return {
      watermarkAgeMs: Math.max(0, clock.now() - parseInstant(beat.at)!),
      factsBehind: beat.factsBehind,
      intakePending: await intake.pending(region).catch(() => 0),
      dirtySkus,
      eventsIn: isSame ? eventsIn - before.eventsIn : eventsIn,
      rowsOut: isSame ? rowsOut - before.rowsOut : rowsOut,
    }
  }

  async #openVariances() {
    const rows = await this.#parts.db
      .select({
        region: variance.region,
        variancesOpen: sql<number>`count(*)::int`,
        varianceValue: sql<number>`coalesce(sum(${variance.value}), 0)::float8`,
      })
      .from(variance)
      .where(and(eq(variance.state, 'open'), eq(variance.isSettled, true)))
      .groupBy(variance.region)
    return new Map(rows.map(({ region, ...figures }) => [region, figures]))
  }
}

const greatest = (name: string) =>
  sql`greatest(${regionMinute}.${sql.identifier(name)}, excluded.${sql.identifier(name)})`
const total = (name: string) =>
  sql`${regionMinute}.${sql.identifier(name)} + excluded.${sql.identifier(name)}`

/** How another look at the same minute changes its row. */
const WORST = {
  watermarkAgeMs: greatest('watermark_age_ms'),
  factsBehind: greatest('facts_behind'),
  intakePending: greatest('intake_pending'),
  dirtySkus: greatest('dirty_skus'),
  eventsIn: total('events_in'),
  rowsOut: total('rows_out'),
  variancesOpen: greatest('variances_open'),
  varianceValue: greatest('variance_value'),
}
