import type { SQL } from 'drizzle-orm'
import type { Fact } from '../../shared/contract/events.ts'
import type { HeartbeatReport } from '../../shared/contract/reports.ts'
import { type Clock, formatInstant } from '../../shared/kernel/clock.ts'
import type { Database } from '../store/database.ts'
import { and, asc, count, desc, eq, inArray, lt, lte, ne, sql } from '../store/drizzle.ts'
import { CENTRE, saveVariances, type VarianceRow } from '../store/save-variances.ts'
import { fact, itemVersion, regionException } from '../store/tables.ts'
import { variance } from '../store/variance-tables.ts'
import { type Classified, classifyCount, type Grounds, type Shown } from './classify-count.ts'

type Parts = {
  readonly db: Database
  readonly clock: Clock
  readonly heartbeatOf: (region: string) => HeartbeatReport | null
}

/** In one turn: some hundred milliseconds. The most constrained tier and the most valuable come first. */
const AT_ONCE_MAX = 100
/** Facts and counts come by streams of their own: what came with a count is here by then. */
const AFTER_MS = 1_000
const FACTS_MAX = 500

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
  for (const row of due) await save(parts, row, await classified(parts, row))
  return due.length
}

async function save({ db, clock }: Parts, seen: VarianceRow, it: Classified): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx.select().from(variance).where(eq(variance.id, seen.id)).for('update')
    // What has changed meanwhile is due again.
    if (!row || row.updatedAt !== seen.updatedAt) return
    const { because: _because, ...evidence } = row.evidence as Record<string, unknown>
    const isNews = it.class !== row.class || row.class !== 'unknown'
    const changed = {
      ...row,
      class: it.class,
      isClassDue: false,
      evidence: it.class === 'unknown' ? evidence : { ...evidence, because: it.evidence },
      updatedAt: formatInstant(clock.now()),
    }
    const step = { what: 'classified', by: CENTRE, detail: `${it.class}: ${it.detail}` } as const
    await saveVariances(tx, [isNews ? { row: changed, step } : { row: changed }])
  })
}

async function classified(parts: Parts, row: VarianceRow): Promise<Classified> {
  const { counted, ledger, asOf, lot } = row.evidence as {
    counted: number
    ledger: number
    asOf: string
    lot?: string
  }
  const { difference, subject: state, node } = row
  const shown = { node: node!, state, lot, difference, counted, ledger, asOf: Date.parse(asOf) }
  return classifyCount(shown, await groundsOf(parts, row, shown))
}

async function groundsOf({ db, heartbeatOf }: Parts, row: VarianceRow, shown: Shown): Promise<Grounds> {
  const { region, sku, node, source } = row
  const ofSku = and(eq(fact.region, region), eq(fact.subject, sku!))
  const facts = await db
    .select({ body: fact.body, source: fact.source, node: fact.node })
    .from(fact)
    .where(and(ofSku, lte(fact.time, formatInstant(shown.asOf))))
    .orderBy(desc(fact.time))
    .limit(FACTS_MAX)
  const [item] = await db
    .select({ body: itemVersion.body })
    .from(itemVersion)
    .where(and(eq(itemVersion.region, region), eq(itemVersion.sku, sku!)))
  const tellers = new Set(facts.filter((it) => it.node === node).map((it) => it.source))
  const opposites = await db
    .select({ sku: variance.sku })
    .from(variance)
    .where(
      and(
        eq(variance.region, region),
        eq(variance.kind, 'count'),
        eq(variance.source, source!),
        eq(variance.node, node!),
        eq(variance.subject, shown.state),
        eq(variance.difference, -shown.difference),
        ne(variance.sku, sku!),
        recently(shown.asOf),
      ),
    )
    .limit(3)
  return {
    facts: facts.map(({ body }) => body as Fact),
    factors: factorsOf(item?.body),
    // Who counts is told of by the count itself, and not by what is missing of it.
    sources: (heartbeatOf(region)?.sources ?? []).filter(
      (it) => tellers.has(it.source) && it.source !== source,
    ),
    opposites: opposites.map((it) => it.sku!),
    unknownCodes: await unknownCodes(db, region, [...tellers]),
  }
}

const SAME_COUNT_MS = 3_600_000

/** Those that were open about when it was counted. */
const recently = (asOf: number): SQL =>
  sql`${variance.isSettled} and (${variance.closedAt} is null or ${variance.closedAt} > ${formatInstant(asOf - SAME_COUNT_MS)})`

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
