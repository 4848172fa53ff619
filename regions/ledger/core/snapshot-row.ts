import type { Rules } from '../../../shared/contract/push.ts'
import { formatInstant, type Instant } from '../../../shared/kernel/clock.ts'
import type { RowFigures, SnapshotRow } from '../../../shared/snapshot/row.ts'
import type { Books } from './books.ts'
import { isOffered, offerOf, type SkuFigures } from './figures.ts'

/** What travels to the edge for a sku. */
export function snapshotRowOf(figures: SkuFigures): SnapshotRow {
  const { substitutes } = figures
  return substitutes.length === 0 ? rowFiguresOf(figures) : { ...rowFiguresOf(figures), substitutes }
}

function rowFiguresOf({ sku, tier, inputs, nodes, kit }: SkuFigures): RowFigures {
  const row: RowFigures = { sku, tier, inputs, nodes: nodes.filter(isOffered).map(offerOf) }
  if (kit.length === 0) return row
  return { ...row, kit: kit.map(({ quantity, figures }) => ({ quantity, row: rowFiguresOf(figures) })) }
}

/** The region's rule document for the edge. */
export function rulesOf(books: Books, version: number, now: Instant): Rules {
  const { master } = books
  const allocation: Rules['allocation'] = {}
  for (const { scope, body } of master.policiesOf('allocation')) allocation[scope] = body.rules
  const edgeFallback: NonNullable<Rules['edgeFallback']> = {}
  for (const { scope, body } of master.policiesOf('edgeFallback')) {
    const { afterMs, action, percent } = body
    edgeFallback[scope] = { afterMs, action, percent }
  }
  const freshForMs = { A: 0, B: 0, C: 0 }
  for (const tier of ['A', 'B', 'C'] as const) freshForMs[tier] = master.tierSettings(tier).freshForMs
  const silentNodes = silentNodesOf(books, now)
  const policies = master.policyRevision()
  return {
    version,
    ...(policies > 0 ? { policies } : {}),
    allocation,
    freshForMs,
    edgeFallback,
    silentNodes,
  }
}

function silentNodesOf(books: Books, now: Instant): NonNullable<Rules['silentNodes']> {
  const silent: NonNullable<Rules['silentNodes']> = {}
  for (const node of books.master.all('node').keys()) {
    const { condition, source, heardAt, step } = books.silence.conditionOf(node, now)
    if (condition !== 'fresh')
      silent[node] = { condition, source: source!, since: formatInstant(heardAt), action: step.action }
  }
  return silent
}
