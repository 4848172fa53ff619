import { desc, sql } from './drizzle.ts'
import type { Transfer } from '../../shared/contract/centre-api.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { transfersOf } from '../reconcile/between-regions/judge-transfer.ts'
import type { Database } from './database.ts'
import { nodeRegion, transferLeg } from './tables.ts'

const LEGS_MAX = 2_000

/** The newest transfers, those that did not arrive first. */
export async function readTransfers(db: Database, now: Instant): Promise<Transfer[]> {
  const legs = await db.select().from(transferLeg).orderBy(desc(transferLeg.at)).limit(LEGS_MAX)
  const transfers = await netted(db, legs, now)
  return transfers.sort((a, b) => Number(a.state === 'received') - Number(b.state === 'received'))
}

const { transfer, sku, isShipped, quantity } = transferLeg
const UNBALANCED = sql`(${transfer}, ${sku}) in (
  select ${transfer}, ${sku} from ${transferLeg} group by ${transfer}, ${sku}
  having sum(case when ${isShipped} then ${quantity} else -${quantity} end) <> 0)`

/** Those of which not as much has arrived as was sent, however old they are. */
export async function readUnbalanced(db: Database, now: Instant): Promise<Transfer[]> {
  return netted(db, await db.select().from(transferLeg).where(UNBALANCED).limit(LEGS_MAX), now)
}

async function netted(
  db: Database,
  legs: readonly (typeof transferLeg.$inferSelect)[],
  now: Instant,
): Promise<Transfer[]> {
  if (legs.length === 0) return []
  const nodes = new Map((await db.select().from(nodeRegion)).map(({ node, region }) => [node, region]))
  const tidy = legs.map((leg) => ({ ...leg, at: new Date(leg.at).toISOString(), dueAt: dueOf(leg.body) }))
  return transfersOf(tidy, (node) => nodes.get(node) ?? null, now)
}

const dueOf = (body: unknown): string | null =>
  (body as { data?: { expectedAt?: string } }).data?.expectedAt ?? null
