import type { Books } from '../../ledger/core/books.ts'
import type { DemandLine } from '../../ledger/core/demand-line.ts'
import type { Flow } from '../../ledger/core/flow-book.ts'
import { workOf } from './work-of.ts'

/** What one system is to be told of one node’s part of an order. */
export type FlowTask = {
  readonly kind: 'post' | 'request' | 'settle' | 'call-off'
  readonly system: string
  readonly orderRef: string
  readonly node: string
  readonly lines: readonly { readonly line: string; readonly sku: string; readonly quantity: number }[]
}

/** The systems of a region that have to know of an order: by node, and (the ERP) for all. */
export type Systems = {
  readonly erp: string | null
  readonly fulfilmentOf: (node: string) => string | null
  /** Whether a source is the ERP itself: what it told us of it need not be told. */
  readonly isErp: (source: string) => boolean
}

export const taskKey = ({ orderRef, node, kind }: FlowTask): string => `${orderRef}/${node}/${kind}`

/**
 * What is to be done for an order now, at most one task a node: the ERP hears of it, then the warehouse; when everything
 * has left, the ERP has to say the same. An order that was cancelled is called off wherever it was told of.
 */
export function tasksOf(flow: Flow, books: Books, systems: Systems): FlowTask[] {
  const lines = books.demand.linesOf(flow.orderRef)
  return nodesOf(lines, books, flow).flatMap((node) => {
    const task = taskAt(flow, node, lines, books, systems)
    return task ? [task] : []
  })
}

function taskAt(
  flow: Flow,
  node: string,
  lines: readonly DemandLine[],
  books: Books,
  systems: Systems,
): FlowTask | null {
  const steps = flow.parts.get(node)
  const done = (step: 'posted' | 'requested' | 'settled' | 'called-off'): boolean => steps?.has(step) ?? false
  if (isStuck(flow, node)) return null
  const fulfilment = systems.fulfilmentOf(node)
  const erp = lines.some(({ terms }) => terms !== null && systems.isErp(terms.rank[2])) ? null : systems.erp
  const toDo = (kind: FlowTask['kind'], system: string): FlowTask => ({
    kind,
    system,
    orderRef: flow.orderRef,
    node,
    lines: linesAt(lines, node, books),
  })
  if (isCancelled(lines)) {
    if (done('called-off') || !(done('posted') || done('requested'))) return null
    return toDo('call-off', (erp ?? fulfilment)!)
  }
  if (erp !== null && !done('posted')) return toDo('post', erp)
  if (fulfilment !== null && !done('requested')) return toDo('request', fulfilment)
  if (erp !== null && !done('settled') && hasLeft(lines, node, books)) return toDo('settle', erp)
  return null
}

/** Whether a system still has to be told something of an order, or someone has to see to it. */
export const isUnderWay = (flow: Flow, books: Books, systems: Systems): boolean =>
  tasksOf(flow, books, systems).length > 0 || [...flow.parts.keys()].some((node) => isStuck(flow, node))

/** Given up, and not taken up again since. */
export function isStuck(flow: Flow, node: string): boolean {
  const steps = flow.parts.get(node)
  const [stuck, resumed] = [steps?.get('stuck'), steps?.get('resumed')]
  return stuck !== undefined && (resumed === undefined || resumed.at < stuck.at)
}

export const isCancelled = (lines: readonly DemandLine[]): boolean =>
  lines.length > 0 && lines.every(({ isCancelledWhole }) => isCancelledWhole)

function nodesOf(lines: readonly DemandLine[], books: Books, flow: Flow): string[] {
  const nodes = new Set<string>(flow.parts.keys())
  for (const { sourcing } of lines)
    for (const { node, quantity } of sourcing?.nodes ?? [])
      if (quantity > 0) nodes.add(books.nodes.textOf(node))
  return [...nodes].sort()
}

function linesAt(lines: readonly DemandLine[], node: string, books: Books): FlowTask['lines'] {
  const at = books.nodes.find(node)
  return lines.flatMap(({ line, sku, sourcing }) => {
    const quantity = (sourcing?.nodes ?? []).find((it) => it.node === at)?.quantity ?? 0
    return quantity === 0 ? [] : [{ line, sku: books.skus.textOf(sku), quantity }]
  })
}

/** All that was assigned to the node has left it. */
function hasLeft(lines: readonly DemandLine[], node: string, books: Books): boolean {
  const at = books.nodes.find(node)
  return lines.every((line) => {
    const assigned = (line.sourcing?.nodes ?? []).find((it) => it.node === at)?.quantity ?? 0
    const { shipped = 0, short = 0 } = workOf(line, books).get(at) ?? {}
    return shipped + short >= assigned
  })
}
