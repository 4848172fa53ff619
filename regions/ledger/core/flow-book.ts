import type { FulfilmentStep } from '../../../shared/contract/events.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { isLater, type Rank } from './rank.ts'

/** What a node is to send of an order, line by line, in base units. */
export type ToldLines = readonly { readonly line: string; readonly sku: string; readonly quantity: number }[]

/** What one node’s part of an order has come to, by step: the latest word of each. */
export type StepTaken = {
  readonly at: Instant
  readonly system: string
  readonly number?: string | undefined
  readonly detail?: string | undefined
  /** What the system was told is wanted, and how often that was stated anew before. */
  readonly lines?: ToldLines | undefined
  readonly revision?: number | undefined
  readonly rank: Rank
}

/** An order on its way through the systems that have to know of it. */
export type Flow = {
  readonly orderRef: string
  /** By node, and by step. */
  readonly parts: Map<string, Map<FulfilmentStep, StepTaken>>
}

/** The orders that the hub carries through ERP and warehouses: the fold of its own decisions about them. */
export class FlowBook {
  readonly #flows = new Map<string, Flow>()
  /** Changed since the last checkpoint. */
  readonly dirty = new Set<Flow>()

  find(orderRef: string): Flow | undefined {
    return this.#flows.get(orderRef)
  }

  all(): Iterable<Flow> {
    return this.#flows.values()
  }

  /** The hub has taken the order on. */
  open(orderRef: string): Flow {
    let flow = this.#flows.get(orderRef)
    if (!flow) this.#flows.set(orderRef, (flow = { orderRef, parts: new Map() }))
    this.dirty.add(flow)
    return flow
  }

  forget(orderRef: string): void {
    const flow = this.#flows.get(orderRef)
    if (!flow) return
    this.#flows.delete(orderRef)
    this.dirty.delete(flow)
  }

  advance(orderRef: string, node: string, step: FulfilmentStep, taken: StepTaken): void {
    const { parts } = this.open(orderRef)
    let steps = parts.get(node)
    if (!steps) parts.set(node, (steps = new Map()))
    const known = steps.get(step)
    if (!known || isLater(taken.rank, known.rank)) steps.set(step, taken)
  }
}
