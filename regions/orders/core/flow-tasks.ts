import type { Books } from '../../ledger/core/books.ts'
import type { DemandLine } from '../../ledger/core/demand-line.ts'
import type { FulfilmentStep } from '../../../shared/contract/events.ts'
import type { Flow, StepTaken, ToldLines } from '../../ledger/core/flow-book.ts'
import { isLater } from '../../ledger/core/rank.ts'
import { workOf } from './work-of.ts'

/**
 * What one system is to be told of one node’s part of an order. The ERP: `post`, `change`, `settle`; the warehouse: `request`,
 * `change-request`; both: `call-off`.
 */
export type FlowTask = {
  readonly kind: 'post' | 'change' | 'request' | 'change-request' | 'settle' | 'call-off'
  readonly system: string
  readonly orderRef: string
  readonly node: string
  /** All that is wanted of the node now. */
  readonly lines: ToldLines
  /** How often what is wanted was stated anew to the system before: a word of a lower one is out of date. */
  readonly revision: number
}

/** The systems of a region that have to know of an order: by node, and (the ERP) for all. */
export type Systems = {
  readonly erp: string | null
  readonly fulfilmentOf: (node: string) => string | null
  /** Whether a source is the ERP itself: what it told us of it need not be told. */
  readonly isErp: (source: string) => boolean
}

export const taskKey = ({ orderRef, node, kind, revision }: FlowTask): string =>
  `${orderRef}/${node}/${kind}${revision === 0 ? '' : `/${revision}`}`

/**
 * What is to be done for an order now, at most one task a node: the ERP hears of it, then the warehouse; when everything
 * has left, the ERP has to say the same. Where another quantity is wanted than was told, both are told, the warehouse first,
 * as it may have picked already; where nothing is wanted any more, it is called off.
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
  if (isStuck(flow, node)) return null
  const steps = flow.parts.get(node)
  const [posted, requested] = [toldAt(steps, 'posted'), toldAt(steps, 'requested')]
  const fulfilment = systems.fulfilmentOf(node)
  const erp = lines.some(({ terms }) => terms !== null && systems.isErp(terms.rank[2])) ? null : systems.erp
  const wanted = isCancelled(lines) ? [] : linesAt(lines, node, books)
  const toDo = (kind: FlowTask['kind'], system: string, revision: number): FlowTask => ({
    kind,
    system,
    orderRef: flow.orderRef,
    node,
    lines: wanted,
    revision,
  })
  if (wanted.length === 0) {
    if (!posted && !requested) return null
    return toDo('call-off', (erp ?? fulfilment)!, Math.max(posted?.revision ?? 0, requested?.revision ?? 0))
  }
  if (fulfilment !== null && requested && isOther(requested, wanted))
    return toDo('change-request', fulfilment, nextRevision(steps, 'requested'))
  if (erp !== null && posted && isOther(posted, wanted))
    return toDo('change', erp, nextRevision(steps, 'posted'))
  if (erp !== null && !posted) return toDo('post', erp, nextRevision(steps, 'posted'))
  if (fulfilment !== null && !requested) return toDo('request', fulfilment, nextRevision(steps, 'requested'))
  const settled = steps?.get('settled')
  const isSettled = settled !== undefined && !(posted && isLater(posted.rank, settled.rank))
  if (erp !== null && !isSettled && hasLeft(lines, node, books))
    return toDo('settle', erp, posted?.revision ?? 0)
  return null
}

type Steps = ReadonlyMap<FulfilmentStep, StepTaken> | undefined

/** What a system was told last, unless it was called off since. */
function toldAt(steps: Steps, step: 'posted' | 'requested'): StepTaken | undefined {
  const [told, off] = [steps?.get(step), steps?.get('called-off')]
  return told && off && isLater(off.rank, told.rank) ? undefined : told
}

const nextRevision = (steps: Steps, step: 'posted' | 'requested'): number => {
  const told = steps?.get(step)
  return told ? (told.revision ?? 0) + 1 : 0
}

/** Whether a node was told of its part of an order, and that stands. */
export const isTold = (flow: Pick<Flow, 'parts'>, node: string): boolean => {
  const steps = flow.parts.get(node)
  return (toldAt(steps, 'posted') ?? toldAt(steps, 'requested')) !== undefined
}

/** Whether other lines are wanted than were told; what nobody noted is taken to be the same. */
const isOther = ({ lines: told }: StepTaken, wanted: ToldLines): boolean =>
  told !== undefined &&
  (told.length !== wanted.length ||
    !wanted.every(({ line, sku, quantity }) =>
      told.some((it) => it.line === line && it.sku === sku && it.quantity === quantity),
    ))

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
