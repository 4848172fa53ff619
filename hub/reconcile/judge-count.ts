import type { CountReport } from '../../shared/contract/reports.ts'
import { digestText } from '../../shared/kernel/hash64.ts'
import { CENTRE, type VarianceChange, type VarianceRow } from '../store/save-variances.ts'

type Count = CountReport['counts'][number]

export const countKey = (region: string, { source, sku, node, lot, state }: Count): string =>
  ['count', region, source, sku, node, ...(lot === undefined ? [] : [lot]), state].join('/')

/** What stands under a count's key: the open variance, and a difference that somebody has accepted. */
export type Standing = {
  readonly open?: VarianceRow | undefined
  readonly accepted?: VarianceRow | undefined
}

/**
 * What a count says of a variance: the row as it is to be written, or null when there is nothing to say. The region
 * compared as of the count's own moment, so goods that moved since are no difference.
 *
 *                            agrees, or is tolerated      differs
 *   in flight                converged                    open, not settled: timing
 *   settled, observer        converged, or replayed       open (or updated)
 *   settled, owner           converged                    corrected: the count rebased the ledger
 */
export function judgeCount(
  region: string,
  count: Count,
  { open, accepted }: Standing,
  now: string,
): VarianceChange | null {
  if (count.ledger === null) return null
  const difference = count.counted - count.ledger
  if (Math.abs(difference) <= (count.tolerance ?? 0)) return agreed(count, open ?? accepted, now)
  if (accepted?.difference === difference) return null
  const isOwner = count.standing === 'owner'
  const key = countKey(region, count)
  const isClosed = isOwner && count.isSettled
  const row: VarianceRow = {
    id: open?.id ?? digestText(`${key}/${count.asOf}`),
    key,
    region,
    kind: 'count',
    class: open?.class ?? 'unknown',
    state: isClosed ? 'corrected' : 'open',
    isSettled: count.isSettled || open?.isSettled === true,
    isClassDue: false,
    tier: count.tier,
    source: count.source,
    sku: count.sku,
    node: count.node,
    subject: count.state,
    difference,
    value: count.value === null ? null : Math.abs(difference) * count.value,
    seen: open?.difference === difference && !isSame(open, count) ? open.seen + 1 : (open?.seen ?? 1),
    owner: open?.owner ?? null,
    openedAt: open?.openedAt ?? now,
    updatedAt: now,
    closedAt: isClosed ? now : null,
    evidence: {
      counted: count.counted,
      ledger: count.ledger,
      asOf: count.asOf,
      standing: count.standing,
      ...(count.lot === undefined ? {} : { lot: count.lot }),
    },
    proposal: open?.proposal ?? null,
  }
  if (open && open.difference !== difference) row.seen = 1
  row.isClassDue =
    row.isSettled && (!open?.isSettled || open.difference !== difference || open.seen !== row.seen)
  const step = stepOf(row, open)
  return step ? { row, step: { by: CENTRE, ...step } } : { row }
}

function agreed(count: Count, standing: VarianceRow | undefined, now: string): VarianceChange | null {
  if (!standing) return null
  // The same count agrees by now: facts of the time before it were told after all.
  const isReplayed = standing.isSettled && isSame(standing, count)
  const state = isReplayed ? 'replayed' : 'converged'
  const detail = isReplayed
    ? 'what was missing has been told: the ledger agrees with the count as of its moment'
    : standing.isSettled
      ? `${count.source} counted ${count.counted}, ${asTheLedger(count)}`
      : 'what was on its way has arrived'
  return {
    row: { ...standing, state, isClassDue: false, updatedAt: now, closedAt: now },
    step: { what: state, by: CENTRE, detail },
  }
}

const asTheLedger = ({ counted, ledger, tolerance }: Count): string =>
  counted === ledger ? 'as the ledger has it' : `within ${tolerance} of the ${ledger} that the ledger has`

type Step = Pick<NonNullable<VarianceChange['step']>, 'what' | 'detail'>

function stepOf(row: VarianceRow, open: VarianceRow | undefined): Step | null {
  const { counted, ledger } = row.evidence as { counted: number; ledger: number }
  const said = `${row.source} counted ${counted}, the ledger has ${ledger}`
  if (row.state === 'corrected') return { what: 'corrected', detail: `${said}: the owner's count stands` }
  if (!open) return { what: row.isSettled ? 'opened' : 'in-flight', detail: said }
  if (row.isSettled && !open.isSettled) return { what: 'opened', detail: said }
  return open.difference === row.difference ? null : { what: 'changed', detail: said }
}

const isSame = (row: VarianceRow, count: Count): boolean =>
  Date.parse((row.evidence as { asOf: string }).asOf) === Date.parse(count.asOf)
