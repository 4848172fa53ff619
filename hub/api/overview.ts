import { and, desc, eq, ne, sql } from '../store/drizzle.ts'
import type { CentreException, Overview, RegionOverview } from '../../shared/contract/centre-api.ts'
import { formatInstant, parseInstant } from '../../shared/kernel/clock.ts'
import type { Centre } from '../centre.ts'
import { fact, regionException } from '../store/tables.ts'
import { readTransfers } from '../store/read-transfers.ts'
import { readVariances } from '../store/read-variances.ts'
import { variance } from '../store/variance-tables.ts'

const SHOWN_MAX = 50

/** Everything the console's first page shows, as of now. */
export async function overviewOf(centre: Centre): Promise<Overview> {
  const [regions, variances, exceptions, transfers] = await Promise.all([
    regionsOf(centre),
    readVariances(centre.db, { state: 'open', limit: SHOWN_MAX }, centre.clock.now()),
    exceptionsOf(centre, { status: 'open', limit: SHOWN_MAX }),
    readTransfers(centre.db, centre.clock.now()),
  ])
  return {
    at: formatInstant(centre.clock.now()),
    regions,
    variances: variances.variances,
    exceptions,
    transfers: transfers.slice(0, SHOWN_MAX),
  }
}

export async function regionsOf(centre: Centre): Promise<RegionOverview[]> {
  const open = await centre.db
    .select({
      region: variance.region,
      count: sql<number>`count(*)::int`,
      units: sql<number>`coalesce(sum(abs(${variance.difference})) filter (where ${variance.kind} in ('count', 'edge', 'transfer')), 0)::float8`,
      value: sql<number>`coalesce(sum(${variance.value}), 0)::float8`,
    })
    .from(variance)
    .where(and(eq(variance.state, 'open'), eq(variance.isSettled, true)))
    .groupBy(variance.region)
  const byRegion = new Map(open.map((row) => [row.region, row]))
  return Promise.all(centre.regions.map((region) => regionOf(centre, region, byRegion.get(region))))
}

type OpenVariances = { readonly count: number; readonly units: number; readonly value: number }

async function regionOf(
  centre: Centre,
  region: string,
  open: OpenVariances | undefined,
): Promise<RegionOverview> {
  const watch = centre.intake.watches.get(region)!
  const drift = centre.drift.byRegion.get(region)
  const now = centre.clock.now()
  const pending = await centre.intake.pending(region).catch(() => 0)
  const beat = watch.heartbeat
  return {
    region: region as RegionOverview['region'],
    link: watch.link(pending, now),
    watermark: beat?.at ?? null,
    watermarkAgeMs: beat ? Math.max(0, now - parseInstant(beat.at)!) : null,
    epoch: beat?.epoch ?? null,
    journalSequence: beat?.journalSequence ?? null,
    factsApplied: beat?.factsApplied ?? null,
    factsDuplicate: beat?.factsDuplicate ?? null,
    factsBehind: beat?.factsBehind ?? null,
    intakePending: pending,
    exceptionsOpen: beat?.exceptionsOpen ?? null,
    variancesOpen: open?.count ?? 0,
    varianceUnits: open?.units ?? 0,
    varianceValue: open?.value ?? 0,
    edge: {
      version: beat?.edge.version ?? null,
      acknowledgedAt: beat?.edge.acknowledgedAt ?? null,
      dirtySkus: beat?.edge.dirtySkus ?? null,
      eventsIn: beat?.edge.eventsIn ?? null,
      rowsOut: beat?.edge.rowsOut ?? null,
      agrees: drift?.agrees ?? null,
      comparedAt: drift?.comparedAt ?? null,
    },
    sources: beat?.sources ?? [],
    history: [...watch.history],
  }
}

/** Facts taken in, by region. */
export async function factsByRegion(centre: Centre): Promise<Record<string, number>> {
  const rows = await centre.db
    .select({ region: fact.region, count: sql<number>`count(*)::int` })
    .from(fact)
    .groupBy(fact.region)
  return Object.fromEntries(rows.map(({ region, count }) => [region, count]))
}

export async function exceptionsOf(
  centre: Centre,
  filter: { region?: string | undefined; status?: string | undefined; limit: number },
): Promise<CentreException[]> {
  const rows = await centre.db
    .select()
    .from(regionException)
    .where(
      and(
        filter.region === undefined ? undefined : eq(regionException.region, filter.region),
        filter.status === undefined
          ? ne(regionException.status, 'discarded')
          : eq(regionException.status, filter.status),
      ),
    )
    .orderBy(desc(regionException.at))
    .limit(filter.limit)
  return rows.map((row) => ({ ...row, region: row.region as CentreException['region'], at: utc(row.at) }))
}

/** PostgreSQL writes times its own way. */
const utc = (text: string): string => new Date(text).toISOString()
