import { channelOf } from '../../../shared/domain/ids.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Books } from '../../ledger/core/books.ts'
import type { DemandLine } from '../../ledger/core/demand-line.ts'
import { figuresOf } from '../../ledger/core/figures.ts'
import type { Flow } from '../../ledger/core/flow-book.ts'
import type { Deciding } from './accept-order.ts'
import { type Assigned, coveredBy } from './covered-by.ts'
import { isCancelled } from './flow-tasks.ts'
import { SOURCING_DEFAULT, sourceOrder } from './source-order.ts'
import { workOf } from './work-of.ts'

/**
 * What of an order no node will serve, assigned anew: what a node did not find, what a node that is left out was to send and
 * has not been asked for, and what there was no stock for at first. Null when there is nothing, or nowhere to take it from.
 */
export function sourceAgain(
  books: Books,
  flow: Pick<Flow, 'orderRef' | 'parts'>,
  now: Instant,
): Deciding | null {
  const lines = books.demand.linesOf(flow.orderRef).filter(({ terms }) => terms !== null)
  if (isCancelled(lines)) return null
  const open = lines.flatMap((line) => {
    const kept = keptOf(books, flow, line, now)
    const wanted =
      line.terms!.node < 0 ? line.terms!.quantity - line.cancelled - coveredBy(kept, workOf(line, books)) : 0
    return wanted > 0 ? [{ line, kept, wanted }] : []
  })
  if (open.length === 0) return null
  const channel = channelOf(lines[0]!.terms!.demandClass)
  const rule = books.master.policy('sourcing', { channel }) ?? SOURCING_DEFAULT
  const tried = new Set(
    open.flatMap(({ line }) =>
      [...workOf(line, books)].filter(([, { short }]) => short > 0).map(([node]) => node),
    ),
  )
  const places = [...books.master.all('node')]
    .filter(([node, { body }]) => body.sells && !tried.has(books.nodes.find(node)))
    .map(([node, { body }]) => ({ node, zone: body.zone }))
  const assigned = sourceOrder(
    open.map(({ line, wanted }) => ({
      line: line.line,
      sku: books.skus.textOf(line.sku),
      quantity: wanted,
      figures: figuresOf(books, line.sku, now, 'promised'),
    })),
    places,
    rule,
  )
  if (assigned.every(({ nodes }) => nodes.length === 0)) return null
  const stated = open.map(({ line, kept }, i) => {
    const nodes = new Map(kept.map(({ node, quantity }) => [books.nodes.textOf(node), quantity]))
    for (const { node, quantity } of assigned[i]!.nodes) nodes.set(node, (nodes.get(node) ?? 0) + quantity)
    return {
      line: line.line,
      sku: books.skus.textOf(line.sku),
      nodes: [...nodes].map(([node, quantity]) => ({ node, quantity })),
    }
  })
  return {
    type: 'fulfilment.sourced',
    data: { orderRef: flow.orderRef, lines: stated, reason: 'sourced again' },
  }
}

/** What stays where it was assigned: all but what a left-out node has not been told of yet. */
function keptOf(books: Books, flow: Pick<Flow, 'parts'>, line: DemandLine, now: Instant): Assigned {
  const work = workOf(line, books)
  return (line.sourcing?.nodes ?? []).filter(({ node }) => {
    const name = books.nodes.textOf(node)
    const steps = flow.parts.get(name)
    const isTold = steps?.has('posted') === true || steps?.has('requested') === true
    return isTold || work.has(node) || books.silence.conditionOf(name, now).step.action !== 'exclude'
  })
}
