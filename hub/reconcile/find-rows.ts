import type { PartSeen } from '../intake/fact-parts.ts'
import type { CameRight, Found } from './standing.ts'
import type { VarianceRow } from '../store/save-variances.ts'

/** Of so many parts that differ the evidence says which; they are looked at, and repaired, before others. */
const PARTS_NAMED_MAX = 50

export type RowsEvidence = {
  readonly parts: readonly PartSeen[]
  /** How often its stretch of the journal was read again. */
  readonly readAgain?: number
}

export const rowsKey = (region: string): string => `journal/${region}/FACTS/rows`

/** Rows of a region's facts that are not as they were taken, by parts of its journal. Pure. */
export function findRows(region: string, differing: readonly PartSeen[]): Found[] {
  if (differing.length === 0) return []
  const parts = differing.slice(0, PARTS_NAMED_MAX)
  const difference = parts.reduce((sum, { count, found }) => sum + found - count, 0)
  const said = parts.map(({ from, to, count, found }) =>
    found === count
      ? `some of ${count} facts of FACTS ${from + 1}-${to} are not as they were taken`
      : `of ${count} facts of FACTS ${from + 1}-${to} ${found} are there`,
  )
  return [
    {
      key: rowsKey(region),
      region,
      kind: 'journal',
      class: difference < 0 ? 'missing-event' : difference > 0 ? 'duplicate' : 'unknown',
      settlesAfterMs: 0,
      subject: 'FACTS',
      difference,
      evidence: { parts },
      said: said.slice(0, 3).join('; '),
    },
  ]
}

export const rowsCameRight = (row: VarianceRow): CameRight =>
  ((row.evidence as RowsEvidence).readAgain ?? 0) > 0
    ? { state: 'corrected', detail: 'the journal was read again: the rows are those of the region' }
    : { state: 'converged', detail: 'the rows are as they were taken' }
