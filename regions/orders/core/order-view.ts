import type { OrderAnswer, OrderStatus } from '../../../shared/contract/order-api.ts'
import { formatInstant } from '../../../shared/kernel/clock.ts'
import type { Books } from '../../ledger/core/books.ts'
import type { DemandLine } from '../../ledger/core/demand-line.ts'
import type { Flow } from '../../ledger/core/flow-book.ts'
import { isLive } from '../../ledger/core/reservation.ts'
import { coveredBy } from './covered-by.ts'
import { type FlowTask, isCancelled, isStuck } from './flow-tasks.ts'
import { isUnwanted, wantedOf } from './wanted.ts'
import { workOf } from './work-of.ts'

export type ToDo = { readonly task: FlowTask; readonly attempts: number; readonly error: string | null }

/** An order and its way, as it is now. Null when nothing was ever heard of it. */
export function orderView(books: Books, orderRef: string, todo: readonly ToDo[]): OrderAnswer | null {
  const lines = books.demand.linesOf(orderRef).filter(({ terms }) => terms !== null)
  if (lines.length === 0) return null
  const flow = books.flows.find(orderRef)
  const [channel, segment] = lines[0]!.terms!.demandClass.split('/')
  const held = lines.flatMap(({ holds }) => [...holds.keys()]).find(isLive)
  return {
    orderRef,
    ...(channel ? { channel } : {}),
    ...(segment ? { segment } : {}),
    status: statusOf(lines, flow, books),
    ...(held ? { reservationId: held.id } : {}),
    lines: lines.map((line) => lineView(books, line)),
    parts: partsOf(flow, todo),
  } as OrderAnswer
}

function lineView(books: Books, line: DemandLine) {
  const { picked, shipped } = doneOf(line, books)
  const { quantity } = line.terms!
  return {
    line: line.line,
    sku: books.skus.textOf(line.sku),
    quantity,
    picked,
    shipped,
    cancelled: line.isCancelledWhole ? quantity - Math.min(quantity, shipped) : line.cancelled,
    nodes: (line.sourcing?.nodes ?? []).map(({ node, quantity: assigned }) => ({
      node: books.nodes.textOf(node),
      quantity: assigned,
    })),
    unassigned: unassignedOf(line, books),
  }
}

function partsOf(flow: Flow | undefined, todo: readonly ToDo[]) {
  const nodes = new Set([...(flow?.parts.keys() ?? []), ...todo.map(({ task }) => task.node)])
  return [...nodes].sort().map((node) => {
    const next = todo.find(({ task }) => task.node === node)
    return {
      node,
      steps: [...(flow?.parts.get(node) ?? [])]
        .map(([step, { at, system, number, detail }]) => ({
          step,
          at: formatInstant(at),
          system,
          ...(number === undefined ? {} : { number }),
          ...(detail === undefined ? {} : { detail }),
        }))
        .sort((a, b) => (a.at < b.at ? -1 : 1)),
      next: next
        ? { task: next.task.kind, system: next.task.system, attempts: next.attempts, error: next.error }
        : null,
    }
  })
}

function statusOf(lines: readonly DemandLine[], flow: Flow | undefined, books: Books): OrderStatus {
  const isSent = lines.some((line) => doneOf(line, books).shipped > 0)
  if (isCancelled(lines) || (isUnwanted(lines) && !isSent)) return 'cancelled'
  if (flow && [...flow.parts.keys()].some((node) => isStuck(flow, node))) return 'stuck'
  if (lines.every((line) => doneOf(line, books).shipped >= wantedOf(line, lines))) return 'shipped'
  return flow && lines.some((line) => unassignedOf(line, books) > 0) ? 'waiting-for-stock' : 'open'
}

function doneOf(line: DemandLine, books: Books): { picked: number; shipped: number } {
  let [picked, shipped] = [0, 0]
  for (const it of workOf(line, books).values()) {
    picked += it.picked
    shipped += it.shipped
  }
  return { picked, shipped }
}

/** What is wanted, and no node will serve. */
function unassignedOf(line: DemandLine, books: Books): number {
  if (line.terms!.node >= 0) return 0
  const wanted = wantedOf(line, books.demand.linesOf(line.orderRef))
  return Math.max(0, wanted - coveredBy(line.sourcing?.nodes ?? [], workOf(line, books)))
}
