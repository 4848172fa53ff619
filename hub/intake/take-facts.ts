import { sql } from '../store/drizzle.ts'
import type { Fact } from '../../shared/contract/events.ts'
import type { Database } from '../store/database.ts'
import { fact, nodeRegion, transferLeg } from '../store/tables.ts'
import { rowDigest } from './row-digest.ts'

/** The source the centre itself speaks with when it forwards a transfer; its copies are no news. */
export const CENTRE_SOURCE = 'plimsoll-centre'

/** Facts of one statement. They travel as one parameter: thousands of them cost more than the rows. */
const ROWS_MAX = 2_000

/** The rows that were not there before: how many, and the sum of their digests. */
type Added = { readonly count: number; readonly sum: string }

/** Puts a region's facts into the database, once each, however often they come. */
export async function takeFacts(
  db: Database,
  region: string,
  facts: readonly Fact[],
  part: number | null = null,
): Promise<Added> {
  let [count, sum] = [0, 0n]
  for (let at = 0; at < facts.length; at += ROWS_MAX) {
    const rows = facts.slice(at, at + ROWS_MAX).map(factRow)
    const added = await db.execute(sql`with added as (insert into ${fact}
        (region, source, id, type, subject, node, order_ref, correlation_id, time, body, part)
      select ${region}, body->>'source', body->>'id', body->>'type', body->>'subject', node, "orderRef",
        body->>'correlationid', (body->>'time')::timestamptz, body, ${part}::bigint
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(node text, "orderRef" text, body jsonb)
      on conflict do nothing
      returning *)
      select count(*)::int as count, coalesce(sum(${rowDigest}), 0)::text as sum from added`)
    const [it] = (added as unknown as { rows: Added[] }).rows
    count += it!.count
    sum += BigInt(it!.sum)
  }
  await takeSides(db, region, facts)
  return { count, sum: String(sum) }
}

/** What facts say of transfers and of where nodes belong. */
async function takeSides(db: Database, region: string, facts: readonly Fact[]): Promise<void> {
  const legs = facts.flatMap((it) => legRow(region, it) ?? [])
  if (legs.length > 0) await db.insert(transferLeg).values(legs).onConflictDoNothing()
  const nodes = new Set(
    facts.flatMap((it) => (it.type === 'plimsoll.node.upserted' ? [it.subject as string] : [])),
  )
  if (nodes.size > 0) {
    await db
      .insert(nodeRegion)
      .values([...nodes].map((node) => ({ node, region })))
      .onConflictDoUpdate({ target: nodeRegion.node, set: { region: sql`excluded.region` } })
  }
}

function factRow(it: Fact): { node?: string | undefined; orderRef?: string | undefined; body: Fact } {
  const { node, orderRef } = (it.data ?? {}) as { node?: string; orderRef?: string }
  return { node, orderRef, body: it }
}

function legRow(region: string, it: Fact): typeof transferLeg.$inferInsert | null {
  if (it.type !== 'plimsoll.transfer.shipped' && it.type !== 'plimsoll.transfer.received') return null
  if (it.source === CENTRE_SOURCE) return null
  return {
    region,
    source: it.source,
    id: it.id,
    transfer: it.data.transfer,
    sku: it.subject,
    fromNode: it.data.from ?? null,
    toNode: it.data.to,
    isShipped: it.type === 'plimsoll.transfer.shipped',
    quantity: it.data.quantity,
    at: it.time,
    body: it,
    forwardedAt: null,
  }
}
