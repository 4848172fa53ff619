import type { Fact } from '../../shared/contract/events.ts'
import type { Database } from '../store/database.ts'
import { canonicalJson } from '../../shared/kernel/canonical-json.ts'
import { eq, sql } from '../store/drizzle.ts'
import { fact, factPart } from '../store/tables.ts'
import { rowDigest } from './row-digest.ts'
import { takeFacts } from './take-facts.ts'

/** A part is closed when it has so many facts: as many are gone through, or read again, at a time. */
const PART_FACTS_MAX = 2_000

type Open = { readonly part: number; readonly count: number }
export type Stretch = { readonly from: number; readonly to: number }

/** Takes a region's facts into the database, in parts whose rows can be held against what they were. */
export class FactParts {
  readonly #open = new Map<string, Open>()

  /** Within a transaction. Answers what to call once it is committed. */
  async take(
    db: Database,
    region: string,
    facts: readonly Fact[],
    { from, to }: Stretch,
  ): Promise<() => void> {
    const open = this.#open.get(region)
    // Should the transaction fail, the next begins a part of its own.
    this.#open.delete(region)
    const part = open?.part ?? (await begunPart(db, region, { from, to }))
    const { count, sum } = await takeFacts(db, region, facts, part)
    await db.execute(sql`update ${factPart} set to_sequence = ${to}, count = count + ${count},
      sum = (sum::numeric + ${sum}::numeric)::text where part = ${part}`)
    const total = (open?.count ?? 0) + facts.length
    return () => {
      if (total < PART_FACTS_MAX) this.#open.set(region, { part, count: total })
    }
  }
}

async function begunPart(db: Database, region: string, { from, to }: Stretch): Promise<number> {
  const [row] = await db
    .insert(factPart)
    .values({ region, from, to, count: 0, sum: '0' })
    .returning({ part: factPart.part })
  return row!.part
}

/** A part as it was taken, and as its rows are by now. */
export type PartSeen = Stretch & {
  readonly part: number
  readonly region: string
  readonly count: number
  readonly found: number
  readonly agrees: boolean
}

/** Goes through parts: the next few behind one, and those that are named. */
export async function lookAtParts(
  db: Database,
  next: { readonly after: number; readonly max: number },
  named: readonly number[],
): Promise<PartSeen[]> {
  const answer = await db.execute(sql`
    select part, region, from_sequence::float8 as "from", to_sequence::float8 as "to", taken.count, now.count as found,
      taken.count = now.count and taken.sum = now.sum as agrees
    from ${factPart} as taken cross join lateral (
      select count(*)::int as count, coalesce(sum(${rowDigest}), 0)::text as sum from ${fact}
      where fact.part = taken.part) as now
    where part in (select part from ${factPart} where part > ${next.after} order by part limit ${next.max})
      or part in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(named)}::jsonb))
    order by part`)
  return (answer as unknown as { rows: PartSeen[] }).rows.map((row) => ({ ...row, part: Number(row.part) }))
}

export type Rewritten = { readonly missing: number; readonly altered: number; readonly strange: number }

const keyOf = ({ source, id }: { source: string; id: string }): string => `${source}\n${id}`

/**
 * Makes the rows of a part what its region told. `isWhole`: it told all of it, so that what it did not tell goes, but for
 * what repeats another fact's business key, which a region does not keep. Null when the part has grown meanwhile.
 */
export async function rewritePart(
  db: Database,
  { part, region, to }: PartSeen,
  told: readonly Fact[],
  isWhole: boolean,
): Promise<Rewritten | null> {
  const [stands] = await db.select().from(factPart).where(eq(factPart.part, part)).for('update')
  if (stands?.to !== to) return null
  const facts = new Map(told.toReversed().map((it) => [keyOf(it), it]))
  const rows = await db
    .select({ source: fact.source, id: fact.id, body: fact.body })
    .from(fact)
    .where(eq(fact.part, part))
  const [known, unknown] = [
    rows.filter((it) => facts.has(keyOf(it))),
    rows.filter((it) => !facts.has(keyOf(it))),
  ]
  const strange = isWhole ? await withoutRepeats(db, region, unknown) : []
  const gone = JSON.stringify([...known, ...strange].map(({ source, id }) => ({ source, id })))
  await db.execute(sql`delete from ${fact} where part = ${part} and (source, id) in (
    select gone->>'source', gone->>'id' from jsonb_array_elements(${gone}::jsonb) gone)`)
  const { count } = await takeFacts(db, region, [...facts.values()], part)
  await db.execute(sql`update ${factPart} set count = now.count, sum = now.sum from (
    select count(*)::int as count, coalesce(sum(${rowDigest}), 0)::text as sum from ${fact} where part = ${part}) as now
    where fact_part.part = ${part}`)
  const altered = known.filter((it) => canonicalJson(it.body) !== canonicalJson(facts.get(keyOf(it))))
  return { missing: count - known.length, altered: altered.length, strange: strange.length }
}

type Row = { readonly source: string; readonly id: string; readonly body: unknown }

async function withoutRepeats(db: Database, region: string, rows: readonly Row[]): Promise<Row[]> {
  const strange: Row[] = []
  for (const row of rows) {
    const { businesskey } = row.body as { businesskey?: string }
    const [other] =
      businesskey === undefined
        ? []
        : await db
            .select({ id: fact.id })
            .from(fact)
            .where(
              sql`${fact.region} = ${region} and ${fact.source} = ${row.source} and ${fact.id} <> ${row.id}
                and ${fact.body} ->> 'businesskey' = ${businesskey}`,
            )
            .limit(1)
    if (!other) strange.push(row)
  }
  return strange
}

/** Facts of a stretch that are not in the database, in a part of their own. Answers how many there were. */
export async function takeMissing(
  db: Database,
  region: string,
  facts: readonly Fact[],
  stretch: Stretch,
): Promise<number> {
  const part = await begunPart(db, region, stretch)
  const { count, sum } = await takeFacts(db, region, facts, part)
  if (count === 0) await db.delete(factPart).where(eq(factPart.part, part))
  else await db.update(factPart).set({ count, sum }).where(eq(factPart.part, part))
  return count
}
