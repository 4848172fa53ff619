import type { NodeOffer } from '../../shared/domain/allocation.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'

/** A hot row in D1: short JSON, so that one `json_each` statement can write thousands of them. */
type HotInputs = [
  tier: Tier,
  gross: number,
  pool: number,
  demandTotal: number,
  demandByClass: readonly (readonly [string, number])[],
  nodes: HotNodes,
  /** What most rows lack. */
  more?: HotMore,
]

type HotNodes = (readonly [node: string, availableToSell: number])[]

type HotMore = {
  readonly byChannel?: readonly (readonly [channel: string, gross: number, pool: number, nodes: HotNodes])[]
  readonly kit?: readonly (readonly [quantity: number, sku: string, inputs: HotInputs])[]
  readonly substitutes?: readonly string[]
}

export function rowToInputs(row: SnapshotRow): HotInputs {
  const { gross, pool, demandTotal, demandByClass, byChannel } = row.inputs
  const { kit, substitutes } = row
  const more: HotMore = {
    ...(byChannel && {
      byChannel: [...byChannel].map(([channel, its]) => [channel, its.gross, its.pool, hotNodes(its.nodes)]),
    }),
    ...(kit && { kit: kit.map((it) => [it.quantity, it.row.sku, rowToInputs(it.row)] as const) }),
    ...(substitutes && { substitutes }),
  }
  const plain = [row.tier, gross, pool, demandTotal, [...demandByClass], hotNodes(row.nodes)] as const
  return Object.keys(more).length === 0 ? [...plain] : [...plain, more]
}

export const inputsToRow = (sku: string, text: string): SnapshotRow =>
  rowOf(sku, JSON.parse(text) as HotInputs)

function rowOf(sku: string, inputs: HotInputs): SnapshotRow {
  const [tier, gross, pool, demandTotal, demandByClass, nodes, { byChannel, kit, substitutes } = {}] = inputs
  return {
    sku,
    tier,
    inputs: {
      gross,
      pool,
      demandTotal,
      demandByClass: new Map(demandByClass),
      ...(byChannel && {
        byChannel: new Map(
          byChannel.map(([channel, its, itsPool, at]) => [
            channel,
            { gross: its, pool: itsPool, nodes: nodesOf(at) },
          ]),
        ),
      }),
    },
    nodes: nodesOf(nodes),
    ...(kit && { kit: kit.map(([quantity, part, its]) => ({ quantity, row: rowOf(part, its) })) }),
    ...(substitutes && { substitutes }),
  }
}

const hotNodes = (nodes: readonly NodeOffer[]): HotNodes =>
  nodes.map(({ node, availableToSell }) => [node, availableToSell])
const nodesOf = (nodes: HotNodes): NodeOffer[] =>
  nodes.map(([node, availableToSell]) => ({ node, availableToSell }))
