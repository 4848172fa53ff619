import type { Rules } from '../../shared/contract/push.ts'
import type { NodeOffer } from '../../shared/domain/allocation.ts'
import { figureOf } from '../../shared/snapshot/figure.ts'
import type { RowFigures } from '../../shared/snapshot/row.ts'
import { type Band, isSmall } from '../snapshots/publish-band.ts'

/** What a channel may sell of a sku at a moment. */
export type ChannelNow = {
  readonly availableToSell: number
  readonly nodes?: readonly NodeOffer[] | undefined
}

/** The figure that the edge answers the channel with, and where it asks for it the same laid out over nodes. */
export function channelNow(
  row: RowFigures,
  rules: Pick<Rules, 'allocation'>,
  channel: string,
  byNode: boolean,
): ChannelNow {
  const availableToSell = figureOf(row, rules, { channel })
  return byNode
    ? { availableToSell, nodes: laidOut(row, rules, channel, availableToSell) }
    : { availableToSell }
}

/** In the order of their names: no node offers more than it has, and all together no more than the channel may sell. */
function laidOut(
  row: RowFigures,
  rules: Pick<Rules, 'allocation'>,
  channel: string,
  figure: number,
): NodeOffer[] {
  let left = figure
  return [...nodesOf(row)].sort().map((node) => {
    const availableToSell = Math.min(left, figureOf(row, rules, { channel, node }))
    left -= availableToSell
    return { node, availableToSell }
  })
}

/** A kit can be put together wherever its parts lie. */
function nodesOf(row: RowFigures, into = new Set<string>()): Set<string> {
  for (const { node } of row.nodes) into.add(node)
  for (const { row: part } of row.kit ?? []) nodesOf(part, into)
  return into
}

/**
 * How far a channel's figure is from what it was told: `small` is a change within the publish band of the sku's tier, which
 * may wait. What it was never told of has moved.
 */
export function movedFrom(told: ChannelNow | null, now: ChannelNow, band: Band): 'none' | 'small' | 'moved' {
  if (told === null) return 'moved'
  const pairs = [[told.availableToSell, now.availableToSell] as const, ...pairsByNode(told, now)]
  if (pairs.every(([before, after]) => before === after)) return 'none'
  return band.band > 0 && pairs.every(([before, after]) => isSmall(before, after, band)) ? 'small' : 'moved'
}

/** A node that is not listed has none. */
function pairsByNode({ nodes: before = [] }: ChannelNow, { nodes: after = [] }: ChannelNow) {
  const at = (offers: readonly NodeOffer[], node: string): number =>
    offers.find((it) => it.node === node)?.availableToSell ?? 0
  const nodes = new Set([...before, ...after].map(({ node }) => node))
  return [...nodes].map((node) => [at(before, node), at(after, node)] as const)
}
