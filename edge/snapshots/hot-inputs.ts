import type { Tier } from '../../shared/domain/tier.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'

/** A hot row in D1: short JSON, so that one `json_each` statement can write thousands of them. */
type HotInputs = [
  tier: Tier,
  gross: number,
  pool: number,
  demandTotal: number,
  demandByClass: [string, number][],
  nodes: [string, number][],
]

export function rowToInputs(row: SnapshotRow): HotInputs {
  const { gross, pool, demandTotal, demandByClass } = row.inputs
  return [
    row.tier,
    gross,
    pool,
    demandTotal,
    [...demandByClass],
    row.nodes.map(({ node, availableToSell }) => [node, availableToSell]),
  ]
}

export function inputsToRow(sku: string, text: string): SnapshotRow {
  const [tier, gross, pool, demandTotal, demandByClass, nodes] = JSON.parse(text) as HotInputs
  return {
    sku,
    tier,
    inputs: { gross, pool, demandTotal, demandByClass: new Map(demandByClass) },
    nodes: nodes.map(([node, availableToSell]) => ({ node, availableToSell })),
  }
}
