import type { SQL } from 'drizzle-orm'
import type { Fact } from '../../shared/contract/events.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import type { Database } from '../store/database.ts'
import { sql } from '../store/drizzle.ts'
import { fact } from '../store/tables.ts'
import type { Shown } from './classify-count.ts'

/** A difference that a count shows of a sku. */
export type Asked = Pick<Shown, 'node' | 'asOf' | 'difference'> & {
  readonly region: string
  readonly sku: string
}

/** Nobody tells so many of one sku at one node between two counts; where an owner never counts, its newest facts are looked at. */
const FACTS_MAX = 10_000
const BEGUN_MAX = 100

const data = (field: string): SQL => sql`(body #>> ${sql.raw(`'{data,${field}}'`)})`
const OF_SKU = sql`fact.region = asked.region and fact.subject = asked.sku and fact.time <= asked."asOf"`

/**
 * What may explain the differences, by their place, the latest first: all that was told of the sku at the node since its
 * owner counted last, with that count; and behind it, of whatever age, picks and transfers of just this size, and what
 * followed them.
 */
export async function factsBehindCounts(db: Database, asked: readonly Asked[]): Promise<Fact[][]> {
  const given = JSON.stringify(asked.map((it, i) => ({ ...it, i, asOf: formatInstant(it.asOf) })))
  const asking = sql`with given as (
      select * from jsonb_to_recordset(${given}::jsonb)
        as given(i int, region text, sku text, node text, "asOf" timestamptz, difference bigint)),
    asked as (
      select given.*, (
        select max(time) from ${fact} where fact.region = given.region and fact.subject = given.sku
          and fact.time <= given."asOf" and fact.node = given.node and type = 'plimsoll.stock.counted'
          and body ->> 'standing' is distinct from 'observer' and ${data('asOf')}::timestamptz < given."asOf"
      ) as since from given)`
  const facts = asked.map((): Fact[] => [])
  for (const query of [sinceCounted(asking), begunAndFollowed(asking)])
    for (const { i, body } of rowsOf(await db.execute(query))) facts[i]!.push(body)
  return facts
}

const sinceCounted = (asking: SQL): SQL => sql`${asking}
  select i, body from asked cross join lateral (
    select body, time from ${fact}
    where ${OF_SKU} and fact.time >= coalesce(asked.since, '-infinity')
      and (fact.node = asked.node or type in ('plimsoll.transfer.shipped', 'plimsoll.transfer.received'))
    order by time desc limit ${FACTS_MAX}) as told
  order by i, time desc`

/** Picks and transfers of the size of the difference, and the shipments and receipts of the same order or transfer. */
const begunAndFollowed = (asking: SQL): SQL => sql`${asking},
  begun as (
    select asked.*, told.* from asked cross join lateral (
      select body, time, order_ref, ${data('transfer')} as transfer from ${fact}
      where ${OF_SKU} and fact.time < asked.since and (
        (type = 'plimsoll.stock.picked' and fact.node = asked.node and ${data('quantity')}::bigint = -asked.difference)
        or (type = 'plimsoll.transfer.shipped' and ${data('to')} = asked.node and ${data('quantity')}::bigint = asked.difference))
      order by time desc limit ${BEGUN_MAX}) as told)
  select i, body, time from begun
  union all
  select asked.i, fact.body, fact.time from begun as asked join ${fact} on ${OF_SKU}
    and ((fact.type = 'plimsoll.stock.shipped' and fact.order_ref = asked.order_ref)
      or (fact.type = 'plimsoll.transfer.received' and fact.body #>> '{data,transfer}' = asked.transfer))
  order by 1, 3 desc`

/** Of PGlite and of PostgreSQL alike. */
const rowsOf = (answer: unknown): { i: number; body: Fact }[] =>
  (answer as { rows: { i: number; body: Fact }[] }).rows
