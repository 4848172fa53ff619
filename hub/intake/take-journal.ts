import type { Fact } from '../../shared/contract/events.ts'
import { takeItems } from '../reconcile/between-regions/item-versions.ts'
import { takeClaims } from '../reconcile/between-regions/order-claims.ts'
import type { Database } from '../store/database.ts'
import { takeCorrections } from './take-corrections.ts'

/** What is kept beside the rows of facts and decisions. Taking it again changes nothing. */
export async function takeBeside(
  db: Database,
  region: string,
  kind: 'FACTS' | 'DECISIONS',
  facts: readonly Fact[],
  now: string,
): Promise<void> {
  await takeClaims(db, region, facts, now)
  if (kind === 'DECISIONS') return
  await takeItems(db, region, facts, now)
  await takeCorrections(db, region, facts, now)
}
