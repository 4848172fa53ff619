import { channelOf } from '../../../shared/domain/ids.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Books } from '../../ledger/core/books.ts'
import type { DemandLine } from '../../ledger/core/demand-line.ts'
import { figuresOf } from '../../ledger/core/figures.ts'
import type { Flow } from '../../ledger/core/flow-book.ts'
import type { Deciding } from './accept-order.ts'
import { type Assigned, coveredBy } from './covered-by.ts'
import { isCancelled, isTold } from './flow-tasks.ts'
import { SOURCING_DEFAULT, sourceOrder } from './source-order.ts'
import { wantedOf } from './wanted.ts'
import { workOf } from './work-of.ts'

/**
 * An order's lines assigned anew. What no node will serve: what a node did not find, what a node that is left out was to send and
 * has not been asked for, and what there was no stock for at first. And what is not wanted any more. Null when there is nothing of
 * either, or nowhere to take it from.
 */
export function sourceAgain(
  books: Books,
  flow: Pick<Flow, 'orderRef' | 'parts'>,
  now: Instant,
): Deciding | null {
  const lines = books.demand.linesOf(flow.orderRef).filter(({ terms }) => terms !== null)
  if (isCancelled(lines)) return null
  const followed = lines.flatMap((line) => {
    const nodes = asWanted(books, flow, line, wantedOf(line, lines))
    return nodes === null ? [] : [statedLine(books, line, nodes)]
  })
  const again = followed.length > 0 ? followed : moreOf(books, flow, lines, now)
  if (again.length === 0) return null
  return {
    type: 'fulfilment.sourced',
    data: {
      orderRef: flow.orderRef,
      lines: again,
      reason: followed.length > 0 ? 'as wanted now' : 'sourced again',
    },
  }
}

const statedLine = (books: Books, { line, sku }: DemandLine, nodes: Assigned) => ({
  line,
  sku: books.skus.textOf(sku),
  nodes: nodes.map(({ node, quantity }) => ({ node: books.nodes.textOf(node), quantity })),
})

type Stated = ReturnType<typeof statedLine>

/** What no node will serve, where there is stock for it. */
function moreOf(
  books: Books,
  flow: Pick<Flow, 'orderRef' | 'parts'>,
  lines: readonly DemandLine[],
  now: Instant,
): Stated[] {
  const open = lines.flatMap((line) => {
    const kept = keptOf(books, flow, line, now)
    const isFree = line.terms!.node < 0
    const wanted = isFree ? wantedOf(line, lines) - coveredBy(kept, workOf(line, books)) : 0
    return wanted > 0 ? [{ line, kept, wanted }] : []
  })
  if (open.length === 0) return []
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
  if (assigned.every(({ nodes }) => nodes.length === 0)) return []
  return open.map(({ line, kept }, i) => {
    const nodes = new Map(kept.map(({ node, quantity }) => [node, quantity]))
    for (const { node, quantity } of assigned[i]!.nodes) {
      const at = books.nodes.find(node)
      nodes.set(at, (nodes.get(at) ?? 0) + quantity)
    }
    return statedLine(books, line, assignedOf(nodes))
  })
}

const assignedOf = (nodes: ReadonlyMap<number, number>): Assigned =>
  [...nodes].flatMap(([node, quantity]) => (quantity > 0 ? [{ node, quantity }] : []))

/**
 * Where less is wanted than is assigned, or elsewhere than it was: the assignment that fits. What was picked stays; the rest is
 * taken off nodes that were not told yet, then off those that came last. Null when it fits as it is.
 */
function asWanted(
  books: Books,
  flow: Pick<Flow, 'parts'>,
  line: DemandLine,
  wanted: number,
): Assigned | null {
  const work = workOf(line, books)
  const before = new Map((line.sourcing?.nodes ?? []).map(({ node, quantity }) => [node, quantity]))
  const told = (node: number): boolean => isTold(flow, books.nodes.textOf(node))
  const done = (node: number): number => Math.max(work.get(node)?.picked ?? 0, work.get(node)?.shipped ?? 0)
  const after = new Map(before)
  // It may have picked what we were about to call off.
  for (const node of work.keys()) if (told(node)) after.set(node, Math.max(after.get(node) ?? 0, done(node)))
  const pin = line.terms!.node
  if (pin >= 0) {
    let elsewhere = 0
    for (const node of after.keys())
      if (node !== pin) {
        after.set(node, done(node))
        elsewhere += done(node)
      }
    after.set(pin, Math.max(done(pin), wanted - elsewhere))
  } else {
    let surplus = coveredBy(assignedOf(after), work) - wanted
    const lastFirst = [...after.keys()].toReversed()
    for (const node of [...lastFirst.filter((it) => !told(it)), ...lastFirst.filter(told)]) {
      const quantity = after.get(node)!
      const free = Math.max(0, quantity - (work.get(node)?.short ?? 0) - done(node))
      const cut = Math.max(0, Math.min(free, surplus))
      after.set(node, quantity - cut)
      surplus -= cut
    }
  }
  const nodes = assignedOf(after)
  const isAsBefore = nodes.length === before.size && nodes.every((it) => before.get(it.node) === it.quantity)
  return isAsBefore ? null : nodes
}

/** What stays where it was assigned: all but what a left-out node has not been told of yet. */
function keptOf(books: Books, flow: Pick<Flow, 'parts'>, line: DemandLine, now: Instant): Assigned {
  const work = workOf(line, books)
  return (line.sourcing?.nodes ?? []).filter(({ node }) => {
    const name = books.nodes.textOf(node)
    return (
      isTold(flow, name) || work.has(node) || books.silence.conditionOf(name, now).step.action !== 'exclude'
    )
  })
}
