import type { Rules } from '../contract/push.ts'
import { allocate, unallocated } from '../domain/allocation.ts'
import { kitFigure, type KitPart } from '../domain/kit.ts'
import { classFor, rulesFor } from '../domain/rules.ts'
import type { RowFigures } from './row.ts'

/** Who asks, and of which place. */
export type FigureAsk = {
  readonly channel?: string | undefined
  readonly segment?: string | undefined
  readonly node?: string | undefined
}

/**
 * What the asker may sell: its class's share, and from one node no more than that node has; of a kit also what can be
 * put together. A node that the row does not list sells nothing. The region and the edge both answer with this.
 */
export const figureOf = (row: RowFigures, rules: Pick<Rules, 'allocation'>, ask: FigureAsk): number =>
  row.kit === undefined || row.kit.length === 0
    ? ownFigure(row, rules, ask)
    : kitFigure(partOf(row, rules, ask))

const partOf = (row: RowFigures, rules: Pick<Rules, 'allocation'>, ask: FigureAsk): KitPart => ({
  sku: row.sku,
  own: ownFigure(row, rules, ask),
  parts: (row.kit ?? []).map(({ quantity, row: component }) => ({
    quantity,
    part: partOf(component, rules, ask),
  })),
})

function ownFigure(row: RowFigures, rules: Pick<Rules, 'allocation'>, ask: FigureAsk): number {
  const figure =
    ask.channel === undefined ? unallocated(row.inputs) : classFigure(row, rules, ask.channel, ask.segment)
  if (ask.node === undefined) return figure
  const nodes =
    (ask.channel === undefined ? undefined : row.inputs.byChannel?.get(ask.channel)?.nodes) ?? row.nodes
  return Math.min(figure, nodes.find(({ node }) => node === ask.node)?.availableToSell ?? 0)
}

function classFigure(
  row: RowFigures,
  rules: Pick<Rules, 'allocation'>,
  channel: string,
  segment: string | undefined,
): number {
  const list = rulesFor(rules, row)
  return allocate(row.inputs, list, classFor(list, channel, segment)).availableToSell
}
