import { desc } from './drizzle.ts'
import type { Transfer } from '../../shared/contract/centre-api.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { transfersOf } from '../reconcile/judge-transfer.ts'
import type { Database } from './database.ts'
import { nodeRegion, transferLeg } from './tables.ts'

const LEGS_MAX = 2_000

/** The newest transfers, those that did not arrive first. */
export async function readTransfers(db: Database, now: Instant): Promise<Transfer[]> {
  const legs = await db.select().from(transferLeg).orderBy(desc(transferLeg.at)).limit(LEGS_MAX)
  const nodes = new Map((await db.select().from(nodeRegion)).map(({ node, region }) => [node, region]))
  const tidy = legs.map((leg) => ({ ...leg, at: new Date(leg.at).toISOString(), dueAt: dueOf(leg.body) }))
  const transfers = transfersOf(tidy, (node) => nodes.get(node) ?? null, now)
  return transfers.sort((a, b) => Number(a.state === 'received') - Number(b.state === 'received'))
}

const dueOf = (body: unknown): string | null =>
  (body as { data?: { expectedAt?: string } }).data?.expectedAt ?? null
