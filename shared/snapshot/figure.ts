import type { Rules } from '../contract/push.ts'
import { allocate, unallocated } from '../domain/allocation.ts'
import { classFor, rulesFor } from '../domain/rules.ts'
import type { SnapshotRow } from './row.ts'

/** Who asks, and of which place. */
export type FigureAsk = {
  readonly channel?: string | undefined
  readonly segment?: string | undefined
  readonly node?: string | undefined
}

/**
 * What the asker may sell: its class's share, and from one node no more than that node has. A node that the row does not
 * list sells nothing. The region and the edge both answer with this.
 */
export function figureOf(row: SnapshotRow, rules: Pick<Rules, 'allocation'>, ask: FigureAsk): number {
  const figure =
    ask.channel === undefined ? unallocated(row.inputs) : classFigure(row, rules, ask.channel, ask.segment)
  if (ask.node === undefined) return figure
  return Math.min(figure, row.nodes.find(({ node }) => node === ask.node)?.availableToSell ?? 0)
}

function classFigure(
  row: SnapshotRow,
  rules: Pick<Rules, 'allocation'>,
  channel: string,
  segment: string | undefined,
): number {
  const list = rulesFor(rules, row)
  return allocate(row.inputs, list, classFor(list, channel, segment)).availableToSell
}
