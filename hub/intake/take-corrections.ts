import { and, eq, sql } from '../store/drizzle.ts'
import type { Fact } from '../../shared/contract/events.ts'
import { followProposal } from '../reconcile/variance-desk.ts'
import type { Database } from '../store/database.ts'
import { proposalOf } from '../store/read-variances.ts'
import { saveVariances } from '../store/save-variances.ts'
import { variance } from '../store/variance-tables.ts'

/** What became of corrections that variances had proposed, wherever they were decided: in the region, or here. */
export async function takeCorrections(
  db: Database,
  region: string,
  facts: readonly Fact[],
  now: string,
): Promise<void> {
  for (const fact of facts) {
    if (fact.type !== 'plimsoll.correction.applied' && fact.type !== 'plimsoll.correction.rejected') continue
    const { correction } = fact.data
    if (correction === undefined) continue
    const [row] = await db
      .select()
      .from(variance)
      .where(
        and(
          eq(variance.region, region),
          eq(variance.state, 'open'),
          sql`${variance.proposal}->>'correction' = ${correction}`,
        ),
      )
    const waiting = row && proposalOf(row)
    if (!row || waiting?.status !== 'waiting') continue
    const isApplied = fact.type === 'plimsoll.correction.applied'
    const decidedBy = (isApplied ? fact.data.approver : fact.data.author) ?? null
    const proposal = { ...waiting, status: isApplied ? 'applied' : 'rejected', decidedBy }
    const change = followProposal({ ...row, proposal }, now)
    if (change) await saveVariances(db, [change])
  }
}
