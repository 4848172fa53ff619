import type { CountReport } from '../../shared/contract/reports.ts'
import type { variance } from '../store/tables.ts'

export type VarianceRow = typeof variance.$inferSelect
type Count = CountReport['counts'][number]

export const countKey = (region: string, count: Count): string =>
  ['count', region, count.source, count.sku, count.node, count.state].join('/')

/**
 * What a count says of a variance: the row as it is to be written, or null when there is nothing to say. The region
 * compared as of the count's own moment, so goods that moved since are no difference.
 *
 *               agrees       differs
 *   observer    converged    open (or updated)
 *   owner       converged    corrected: the count rebased the ledger
 */
export function judgeCount(
  region: string,
  count: Count,
  open: VarianceRow | undefined,
  now: string,
): VarianceRow | null {
  if (count.ledger === null) return null
  const difference = count.counted - count.ledger
  if (difference === 0) return open ? { ...open, state: 'converged', updatedAt: now, closedAt: now } : null
  const isOwner = count.standing === 'owner'
  const key = countKey(region, count)
  return {
    id: open?.id ?? `${key}/${count.asOf}`,
    key,
    region,
    kind: 'count',
    state: isOwner ? 'corrected' : 'open',
    source: count.source,
    sku: count.sku,
    node: count.node,
    subject: count.state,
    difference,
    value: count.value === null ? null : Math.abs(difference) * count.value,
    seen: open?.difference === difference ? open.seen + 1 : 1,
    openedAt: open?.openedAt ?? now,
    updatedAt: now,
    closedAt: isOwner ? now : null,
    evidence: { counted: count.counted, ledger: count.ledger, asOf: count.asOf, standing: count.standing },
  }
}

/** Younger than this a difference may be a fact still on its way. */
const IN_FLIGHT_MS = 60_000

/**
 * `timing` while facts may still be on their way. A difference that two counts in a row show to the unit is a fact that
 * one side never got; one that moves about is not understood yet.
 */
export function classOf(
  row: Pick<VarianceRow, 'kind' | 'openedAt' | 'updatedAt' | 'seen'>,
  now: number,
): 'timing' | 'missing-event' | 'unknown' {
  if (now - Date.parse(row.openedAt) < IN_FLIGHT_MS) return 'timing'
  return row.seen >= 2 ? 'missing-event' : 'unknown'
}
