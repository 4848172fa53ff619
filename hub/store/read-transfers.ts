import type { SQL } from 'drizzle-orm'
import type { Transfer } from '../../shared/contract/centre-api.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { type Leg, transfersOf } from '../reconcile/between-regions/judge-transfer.ts'
import type { Database } from './database.ts'
import { desc } from './drizzle.ts'
import { nodeRegion, transferLeg } from './tables.ts'

const LEGS_MAX = 2_000

/** The newest transfers, those that did not arrive first. */
export async function readTransfers(db: Database, now: Instant): Promise<Transfer[]> {
  const legs = await db.select().from(transferLeg).orderBy(desc(transferLeg.at)).limit(LEGS_MAX)
  if (legs.length === 0) return []
  const nodes = await regionsOfNodes(db)
  const transfers = transfersOf(legs.map(legOf), (node) => nodes.get(node) ?? null, now)
  return transfers.sort((a, b) => Number(a.state === 'received') - Number(b.state === 'received'))
}

export async function legsWhere(db: Database, which: SQL): Promise<Leg[]> {
  return (await db.select().from(transferLeg).where(which)).map(legOf)
}

/** Which region each node belongs to. */
export async function regionsOfNodes(db: Database): Promise<ReadonlyMap<string, string>> {
  return new Map((await db.select().from(nodeRegion)).map(({ node, region }) => [node, region]))
}

function legOf({ body, ...leg }: typeof transferLeg.$inferSelect): Leg {
  const { data } = body as { data?: { expectedAt?: string } }
  return { ...leg, at: new Date(leg.at).toISOString(), dueAt: data?.expectedAt ?? null }
}
