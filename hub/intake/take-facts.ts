import { sql } from '../store/drizzle.ts'
import type { Fact } from '../../shared/contract/events.ts'
import type { Database } from '../store/database.ts'
import { fact, nodeRegion, transferLeg } from '../store/tables.ts'

/** The source the centre itself speaks with when it forwards a transfer; its copies are no news. */
export const CENTRE_SOURCE = 'plimsoll-centre'

/** PostgreSQL takes 65,535 parameters a statement; a fact has ten. */
const ROWS_MAX = 1_000

/** Puts a region's facts into the database, once each, however often they come. */
export async function takeFacts(db: Database, region: string, facts: readonly Fact[]): Promise<void> {
  for (let at = 0; at < facts.length; at += ROWS_MAX) {
    const rows = facts.slice(at, at + ROWS_MAX)
    await db
      .insert(fact)
      .values(rows.map((it) => factRow(region, it)))
      .onConflictDoNothing()
  }
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

function factRow(region: string, it: Fact): typeof fact.$inferInsert {
  const data = (it.data ?? {}) as { node?: string; orderRef?: string }
  return {
    region,
    source: it.source,
    id: it.id,
    type: it.type,
    subject: it.subject ?? null,
    node: data.node ?? null,
    orderRef: data.orderRef ?? null,
    correlationId: it.correlationid ?? null,
    time: it.time,
    body: it,
  }
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
