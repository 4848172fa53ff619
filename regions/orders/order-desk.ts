import type { OrderAnswer } from '../../shared/contract/order-api.ts'
import type { Clock } from '../../shared/kernel/clock.ts'
import { inSlices } from '../../shared/node/in-slices.ts'
import type { Books } from '../ledger/core/books.ts'
import { isLive } from '../ledger/core/reservation.ts'
import {
  type AcceptOrder,
  acceptOrder,
  type AcceptRefusal,
  type Deciding,
  sourced,
} from './core/accept-order.ts'
import { isCancelled, isStuck } from './core/flow-tasks.ts'
import { orderView } from './core/order-view.ts'
import { sourceAgain } from './core/source-again.ts'
import { wantedOf } from './core/wanted.ts'
import type { OrderRunner, SystemQueue } from './order-runner.ts'
import type { ReservationDesk } from './reservation-desk.ts'

export type OrderOutcome =
  | { readonly code: 'done'; readonly isNew: boolean }
  | { readonly code: 'not-found' }
  | { readonly code: 'wrong-state'; readonly detail: string }
  | AcceptRefusal

type Parts = {
  readonly books: Books
  readonly desk: ReservationDesk
  /** Null where the region has no system to tell of orders. */
  readonly runner: OrderRunner | null
  readonly clock: Clock
  readonly newId: () => string
}

const NOTHING: readonly Deciding[] = []

/** Takes orders on, from callers and from what other systems tell, and keeps them assigned to nodes. */
export class OrderDesk {
  readonly #parts: Parts
  readonly #deciding = new Set<string>()
  #isSweeping = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Taken once: the same order again changes nothing. */
  accept(order: AcceptOrder, correlationId: string): Promise<OrderOutcome> {
    const { desk, newId } = this.#parts
    return desk.decide<OrderOutcome>({
      correlationId,
      decide: (books, rules, now) => {
        const accepted = acceptOrder(books, rules, order, now, newId)
        if (!accepted.ok) return { decisions: NOTHING, answer: accepted.error }
        return { decisions: accepted.value, answer: { code: 'done', isNew: accepted.value.length > 0 } }
      },
    })
  }

  /** Gives an order up of which nothing was picked: its hold is released, and its systems are told. */
  cancel(orderRef: string, correlationId: string): Promise<OrderOutcome> {
    return this.#parts.desk.decide<OrderOutcome>({
      correlationId,
      decide: (books) => {
        const lines = books.demand.linesOf(orderRef)
        const channel = lines.find(({ terms }) => terms)?.terms?.demandClass.split('/')[0]
        if (channel === undefined) return { decisions: NOTHING, answer: { code: 'not-found' } }
        if (isCancelled(lines)) return { decisions: NOTHING, answer: { code: 'done', isNew: false } }
        if (lines.some(({ work }) => [...work.values()].some(({ picked, shipped }) => picked + shipped > 0)))
          return {
            decisions: NOTHING,
            answer: { code: 'wrong-state', detail: 'some of it was picked already' },
          }
        const held = new Set(lines.flatMap(({ holds }) => [...holds.keys()]).filter(isLive))
        const released = [...held].map(({ id }) => ({
          type: 'reservation.released',
          data: { reservation: id, orderRef },
        }))
        const cancelled = { type: 'order.cancelled', data: { orderRef, channel } }
        return { decisions: [...released, cancelled], answer: { code: 'done', isNew: true } }
      },
    })
  }

  /** Takes up again what was given up. */
  resume(orderRef: string, correlationId: string): Promise<OrderOutcome> {
    return this.#parts.desk.decide<OrderOutcome>({
      correlationId,
      decide: (books) => {
        const flow = books.flows.find(orderRef)
        if (!flow) return { decisions: NOTHING, answer: { code: 'not-found' } }
        const stuck = [...flow.parts].filter(([node]) => isStuck(flow, node))
        const decisions = stuck.map(([node, steps]) => ({
          type: 'fulfilment.advanced',
          data: { orderRef, node, step: 'resumed', system: steps.get('stuck')!.system },
        }))
        return { decisions, answer: { code: 'done', isNew: decisions.length > 0 } }
      },
    })
  }

  view(orderRef: string): OrderAnswer | null {
    const { books, runner } = this.#parts
    const flow = books.flows.find(orderRef)
    return orderView(books, orderRef, flow && runner ? runner.todo(flow) : [])
  }

  queues(): readonly SystemQueue[] {
    return this.#parts.runner?.queues() ?? []
  }

  /** Something was heard of these orders: what came by another system is taken on, what is short is sourced again. */
  heard(orderRefs: Iterable<string>): void {
    for (const orderRef of orderRefs) void this.#assign(orderRef)
    this.#parts.runner?.note(orderRefs)
  }

  /** Nodes fall silent, and stock comes, without a word on the orders that wait for it. */
  async sweep(): Promise<void> {
    if (this.#isSweeping) return
    this.#isSweeping = true
    await inSlices(this.#sweeping())
    this.#isSweeping = false
  }

  /** An order a step: there may be a million of them. */
  *#sweeping(): Generator<void> {
    const { books, runner } = this.#parts
    for (const { orderRef } of books.flows.all()) yield void this.#assign(orderRef)
    if (!runner) return
    for (const orderRef of books.demand.orderRefs()) {
      if (!books.flows.find(orderRef)) void this.#assign(orderRef)
      yield
    }
  }

  async #assign(orderRef: string): Promise<void> {
    if (this.#deciding.has(orderRef) || this.#assigning(this.#parts.books, orderRef).length === 0) return
    this.#deciding.add(orderRef)
    try {
      await this.#parts.desk.decide({
        correlationId: orderRef,
        decide: (books) => ({ decisions: this.#assigning(books, orderRef), answer: null }),
      })
    } finally {
      this.#deciding.delete(orderRef)
    }
  }

  #assigning(books: Books, orderRef: string): readonly Deciding[] {
    const { runner, clock } = this.#parts
    const flow = books.flows.find(orderRef)
    const now = clock.now()
    if (flow) {
      const again = sourceAgain(books, flow, now)
      return again ? [again] : NOTHING
    }
    const all = books.demand.linesOf(orderRef)
    const lines = all.filter((line) => wantedOf(line, all) > 0)
    if (!runner || lines.length === 0) return NOTHING
    const [channel = ''] = lines[0]!.terms!.demandClass.split('/')
    const order = {
      orderRef,
      channel,
      isPartial: false,
      lines: lines.map((line) => ({
        line: line.line,
        sku: books.skus.textOf(line.sku),
        quantity: wantedOf(line, all),
        ...(line.terms!.node < 0 ? {} : { node: books.nodes.textOf(line.terms!.node) }),
      })),
    } as unknown as AcceptOrder
    return [{ type: 'fulfilment.sourced', data: { orderRef, lines: sourced(books, order, now) } }]
  }
}
