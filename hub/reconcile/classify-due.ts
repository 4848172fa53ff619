import type { Fact } from '../../shared/contract/events.ts'
import type { HeartbeatReport } from '../../shared/contract/reports.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import type { Database } from '../store/database.ts'
import { and, asc, count, desc, eq, inArray, lt, sql } from '../store/drizzle.ts'
import { CENTRE, saveVariances, type VarianceChange, type VarianceRow } from '../store/save-variances.ts'
import { itemVersion, regionException } from '../store/tables.ts'
import { variance } from '../store/variance-tables.ts'
import { type Classified, classifyCount, type Grounds, type Shown } from './classify-count.ts'
import { type Asked, factsBehindCounts } from './facts-behind-count.ts'

type Parts = {
  readonly db: Database
  readonly clock: Clock
  readonly heartbeatOf: (region: string) => HeartbeatReport | null
}

/** In one turn: some hundred milliseconds. The most constrained tier and the most valuable come first. */
const AT_ONCE_MAX = 50
/** Facts and counts come by streams of their own: what came with a count is here by then. */
const AFTER_MS = 1_000

/** Works out the class of counts whose evidence has changed. Answers how many. */
export async function classifyDue(parts: Parts): Promise<number> {
  const { db, clock } = parts
  const due = await db
    .select()
    .from(variance)
    .where(
      and(
        sql`${variance.isClassDue}`,
        lt(variance.updatedAt, formatInstant(clock.now() - AFTER_MS)),
        eq(variance.kind, 'count'),
      ),
    )
    .orderBy(asc(variance.tier), desc(sql`coalesce(${variance.value}, 0)`))
    .limit(AT_ONCE_MAX)
  const items = await itemsOf(db, due)
  const codes = new Map<string, Promise<number>>()
  const shown = due.map(shownBy)
  const facts = await factsBehindCounts(db, shown)
  const opposites = await oppositesOf(db, due, shown)
  const found = new Map<string, Classified & { readonly seenAt: string }>()
  for (const [i, row] of due.entries()) {
    const grounds = await groundsOf({ ...parts, items, codes }, row, facts[i]!)
    found.set(row.id, {
      ...classifyCount(shown[i]!, { ...grounds, opposites: opposites[i]! }),
      seenAt: row.updatedAt,
    })
  }
  if (found.size > 0) await save(parts, found)
  return due.length
}

/** The items' latest words, by region and sku. */
type Items = ReadonlyMap<string, unknown>

async function itemsOf(db: Database, rows: readonly VarianceRow[]): Promise<Items> {
  const named = JSON.stringify(rows.map(({ sku, region }) => ({ sku, region })))
  const found = await db
    .select()
    .from(itemVersion)
    .where(
      sql`(${itemVersion.sku}, ${itemVersion.region}) in (
        select named->>'sku', named->>'region' from jsonb_array_elements(${named}::jsonb) named)`,
    )
  return new Map(found.map(({ sku, region, body }) => [`${region} ${sku}`, body]))
}

async function save(
  { db, clock }: Parts,
  found: ReadonlyMap<string, Classified & { readonly seenAt: string }>,
): Promise<void> {
  await db.transaction(async (tx) => {
    const rows = await tx
      .select()
      .from(variance)
      .where(inArray(variance.id, [...found.keys()]))
      .for('update')
    const changes = rows.flatMap((row) => {
      const it = found.get(row.id)!
      // What has changed meanwhile is due again.
      return row.updatedAt === it.seenAt ? changeOf(row, it, formatInstant(clock.now())) : []
    })
    await saveVariances(tx, changes)
  })
}

function changeOf(row: VarianceRow, it: Classified, now: string): VarianceChange {
  const { because: _because, ...evidence } = row.evidence as Record<string, unknown>
  const isNews = it.class !== row.class || row.class !== 'unknown'
  const changed = {
    ...row,
    class: it.class,
    isClassDue: false,
    evidence: it.class === 'unknown' ? evidence : { ...evidence, because: it.evidence },
    updatedAt: now,
  }
  const step = { what: 'classified', by: CENTRE, detail: `${it.class}: ${it.detail}` } as const
  return isNews ? { row: changed, step } : { row: changed }
}

type Looking = Parts & { readonly items: Items; readonly codes: Map<string, Promise<number>> }

function shownBy({ region, sku, node, subject: state, difference, evidence }: VarianceRow): Shown & Asked {
  const { counted, ledger, asOf, lot } = evidence as {
    counted: number
    ledger: number
    asOf: string
    lot?: string
  }
  const of = { region, sku: sku!, node: node!, state, lot }
  return { ...of, difference, counted, ledger, asOf: Date.parse(asOf) }
}

const OPPOSITES_MAX = 3

/** Of each, other skus of which the same source shows just the opposite, open about when it was counted. */
async function oppositesOf(
  db: Database,
  rows: readonly VarianceRow[],
  shown: readonly Shown[],
): Promise<string[][]> {
  const given = JSON.stringify(
    rows.map(({ region, source, node, sku, subject, difference }, i) => {
      const openAfter = formatInstant(shown[i]!.asOf - SAME_COUNT_MS)
      return { i, region, source, node, sku, subject, difference: -difference, openAfter }
    }),
  )
  const answer = await db.execute(sql`select i, other.sku from jsonb_to_recordset(${given}::jsonb) as given(
      i int, region text, source text, node text, sku text, subject text, difference bigint, "openAfter" timestamptz)
    cross join lateral (
      select sku from ${variance} where variance.region = given.region and variance.node = given.node
        and variance.difference = given.difference and variance.kind = 'count' and variance.is_settled
        and variance.source = given.source and variance.subject = given.subject and variance.sku <> given.sku
        and (closed_at is null or closed_at > given."openAfter")
      limit ${OPPOSITES_MAX}) as other`)
  const opposites = rows.map((): string[] => [])
  for (const { i, sku } of (answer as unknown as { rows: { i: number; sku: string }[] }).rows)
    opposites[i]!.push(sku)
  return opposites
}

async function groundsOf(
  { heartbeatOf, db, items, codes }: Looking,
  { region, sku, node, source }: VarianceRow,
  facts: readonly Fact[],
): Promise<Omit<Grounds, 'opposites'>> {
  const tellers = new Set(facts.filter((it) => nodeOf(it) === node).map((it) => it.source))
  const codesOf = (sources: readonly string[]): Promise<number> => {
    const key = [region, ...sources].join(' ')
    const asked = codes.get(key) ?? unknownCodes(db, region, sources)
    codes.set(key, asked)
    return asked
  }
  return {
    facts,
    factors: factorsOf(items.get(`${region} ${sku}`)),
    // Who counts is told of by the count itself, and not by what is missing of it.
    sources: (heartbeatOf(region)?.sources ?? []).filter(
      (it) => tellers.has(it.source) && it.source !== source,
    ),
    unknownCodes: await codesOf([...tellers].toSorted()),
  }
}

const nodeOf = (fact: Fact): string | undefined => (fact.data as { node?: string } | undefined)?.node

const SAME_COUNT_MS = 3_600_000

/** Ratios are left out: a mistake by one of them does not give whole units. */
function factorsOf(item: unknown): number[] {
  const { uoms = {} } = (item ?? {}) as { uoms?: Record<string, unknown> }
  return Object.values(uoms).filter((factor): factor is number => typeof factor === 'number' && factor > 1)
}

async function unknownCodes(db: Database, region: string, sources: readonly string[]): Promise<number> {
  if (sources.length === 0) return 0
  const [found] = await db
    .select({ count: count() })
    .from(regionException)
    .where(
      and(
        eq(regionException.region, region),
        eq(regionException.status, 'open'),
        eq(regionException.class, 'unknown-code'),
        inArray(regionException.source, [...sources]),
      ),
    )
  return found?.count ?? 0
}
