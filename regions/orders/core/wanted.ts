import { type DemandLine, isSuperseded, latestRank } from '../../ledger/core/demand-line.ts'

/**
 * How much of an order's line is wanted by now: what was ordered less what was cancelled. Nothing of a line whose number has been
 * given to another item since. `lines` are the order's.
 */
export function wantedOf(line: DemandLine, lines: readonly DemandLine[]): number {
  const { terms, cancelled, isCancelledWhole } = line
  if (terms === null || isCancelledWhole) return 0
  const members = lines.filter((it) => it.line === line.line)
  if (members.length > 1 && isSuperseded(line, latestRank(members))) return 0
  return Math.max(0, terms.quantity - cancelled)
}

/** Whether nothing of an order is wanted any more, by whatever words it came to that. */
export const isUnwanted = (lines: readonly DemandLine[]): boolean =>
  lines.length > 0 && lines.every((line) => wantedOf(line, lines) === 0)
