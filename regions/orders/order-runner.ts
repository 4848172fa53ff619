import type { Logger } from 'pino'
import type { FulfilmentStep } from '../../shared/contract/events.ts'
import { backoffMs } from '../../shared/kernel/backoff.ts'
import type { Clock, Instant } from '../../shared/kernel/clock.ts'
import type { Random } from '../../shared/kernel/random.ts'
import type { Result } from '../../shared/kernel/result.ts'
import type { Books } from '../ledger/core/books.ts'
import type { Flow, StepTaken } from '../ledger/core/flow-book.ts'
import { type FlowTask, isStuck, type Systems, taskKey, tasksOf } from './core/flow-tasks.ts'
import { ErpFault, type ErpOrder, type ErpPort, type ErpRefusal } from './erp.ts'
import type { FulfilmentPort } from './fulfilment.ts'
import { Lane, type LaneLimits, type LaneState } from '../outbound/lane.ts'
import type { OrderTasks } from './order-tasks.ts'
import type { Decided, DecideCommand } from './reservation-desk.ts'

export type OrderSystems = {
  readonly erp: { readonly name: string; readonly port: ErpPort; readonly limits: LaneLimits } | null
  readonly fulfilment: readonly {
    readonly name: string
    readonly nodes: readonly string[]
    readonly port: FulfilmentPort
    readonly limits: LaneLimits
  }[]
}

/** What an operator sees of the way to a system. */
export type SystemQueue = {
  readonly system: string
  readonly state: LaneState
  readonly waiting: number
  readonly running: number
  /** Given up, until someone takes it up again. */
  readonly stuck: number
  readonly oldestMs: number
  readonly waitsUntil: Instant
}

type Parts = {
  readonly books: Books
  readonly systems: OrderSystems
  readonly names: Systems
  readonly tasks: OrderTasks
  readonly decide: <T>(command: DecideCommand<T>) => Promise<T>
  readonly onStuck: (task: FlowTask, refusal: ErpRefusal) => void
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
}

/** A system that cannot say what it has done has not done it: asked again this soon. */
const NOT_YET = { firstMs: 2_000, mostMs: 300_000 }
/** A refusal is the system’s last word after so many tries: some pass by themselves (a lock, an item not known yet). */
const REFUSALS_MAX = 5

/**
 * Carries orders through the systems that have to know of them. What is to be done is worked out from the books
 * (`core/flow-tasks.ts`); what was done is a decision, so that a standby goes on where this process stopped. An order’s tasks
 * run one after the other, and orders in the order in which they came; a system that is down or busy holds up its own lane only.
 */
export class OrderRunner {
  readonly #parts: Parts
  readonly #lanes = new Map<string, Lane>()
  /** Orders with something to do, in the order in which they came. */
  readonly #open = new Map<string, { readonly since: Instant }>()
  readonly #running = new Map<string, Promise<void>>()

  constructor(parts: Parts) {
    this.#parts = parts
    const { erp, fulfilment } = parts.systems
    const now = parts.clock.now()
    for (const { name, limits } of [...(erp ? [erp] : []), ...fulfilment])
      this.#lanes.set(name, new Lane(limits, now, parts.random))
    for (const flow of parts.books.flows.all()) this.#note(flow)
  }

  /** Something was heard of these orders. */
  note(orderRefs: Iterable<string>): void {
    for (const orderRef of orderRefs) {
      const flow = this.#parts.books.flows.find(orderRef)
      if (flow) this.#note(flow)
    }
  }

  /** Begins what is due and has a place. */
  tick(): void {
    const now = this.#parts.clock.now()
    for (const orderRef of this.#open.keys()) {
      if (this.#running.has(orderRef)) continue
      const flow = this.#parts.books.flows.find(orderRef)
      const tasks = flow === undefined ? [] : tasksOf(flow, this.#parts.books, this.#parts.names)
      if (tasks.length === 0) this.#open.delete(orderRef)
      const task = tasks.find(
        (it) =>
          (this.#parts.tasks.find(taskKey(it))?.nextAt ?? 0) <= now && this.#lanes.get(it.system)!.take(now),
      )
      if (task) this.#begin(task)
    }
  }

  /** Resolves when what is under way has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values())
  }

  /** What waits for each system, how long, and why. */
  queues(): SystemQueue[] {
    const now = this.#parts.clock.now()
    const waiting = new Map<string, { count: number; oldestMs: number }>()
    for (const [orderRef, { since }] of this.#open) {
      const flow = this.#parts.books.flows.find(orderRef)
      if (!flow) continue
      for (const { system } of tasksOf(flow, this.#parts.books, this.#parts.names)) {
        const { count, oldestMs } = waiting.get(system) ?? { count: 0, oldestMs: 0 }
        waiting.set(system, { count: count + 1, oldestMs: Math.max(oldestMs, now - since) })
      }
    }
    const stuck = this.#stuckBySystem()
    return [...this.#lanes].map(([system, lane]) => {
      const { count = 0, oldestMs = 0 } = waiting.get(system) ?? {}
      const { running, waitsUntil } = lane
      const state = lane.stateAt(now)
      return { system, state, waiting: count, running, stuck: stuck.get(system) ?? 0, oldestMs, waitsUntil }
    })
  }

  /** What is to be done for one order, and what was tried of it. */
  todo(flow: Flow): { readonly task: FlowTask; readonly attempts: number; readonly error: string | null }[] {
    return tasksOf(flow, this.#parts.books, this.#parts.names).map((task) => {
      const tried = this.#parts.tasks.find(taskKey(task))
      return { task, attempts: tried?.attempts ?? 0, error: tried?.error ?? null }
    })
  }

  #note(flow: Flow): void {
    if (this.#open.has(flow.orderRef)) return
    if (tasksOf(flow, this.#parts.books, this.#parts.names).length > 0)
      this.#open.set(flow.orderRef, { since: this.#parts.clock.now() })
  }

  /** The parts of orders that were given up, and not taken up again since. */
  *stuck(): Generator<{ readonly orderRef: string; readonly node: string; readonly stuck: StepTaken }> {
    for (const flow of this.#parts.books.flows.all())
      for (const [node, steps] of flow.parts)
        if (isStuck(flow, node)) yield { orderRef: flow.orderRef, node, stuck: steps.get('stuck')! }
  }

  #stuckBySystem(): Map<string, number> {
    const bySystem = new Map<string, number>()
    for (const { stuck } of this.stuck()) bySystem.set(stuck.system, (bySystem.get(stuck.system) ?? 0) + 1)
    return bySystem
  }

  #begin(task: FlowTask): void {
    const work = this.#run(task)
      .catch((error: unknown) =>
        this.#parts.log.warn(
          { error: String(error), key: taskKey(task) },
          'what was done could not be recorded yet',
        ),
      )
      .finally(() => this.#running.delete(task.orderRef))
    this.#running.set(task.orderRef, work)
  }

  async #run(task: FlowTask): Promise<void> {
    const { clock, tasks, log, random } = this.#parts
    const lane = this.#lanes.get(task.system)!
    const key = taskKey(task)
    const attempts = (tasks.find(key)?.attempts ?? 0) + 1
    let outcome: Outcome
    try {
      outcome = await this.#call(task)
    } catch (error) {
      // The world failed: that is no word on this order, and every other one waits for the same.
      lane.failed(clock.now())
      if (!(error instanceof ErpFault))
        log.warn({ error: String(error), key }, 'a system failed in an unexpected way')
      return
    }
    if (outcome.kind === 'refused' && outcome.refusal.code === 'busy')
      return lane.throttled(clock.now(), outcome.refusal.retryAfterMs ?? backoffMs(NOT_YET, attempts, random))
    lane.answered()
    if (outcome.kind === 'taken') {
      await this.#record(task, outcome.step, {
        number: outcome.number,
        detail: outcome.detail,
        isTold: outcome.step === 'posted' || outcome.step === 'requested',
      })
      return tasks.drop(key)
    }
    const said = outcome.kind === 'refused' ? `${outcome.refusal.code}: ${outcome.refusal.detail}` : 'not yet'
    if (outcome.kind === 'refused' && (isFinal(outcome.refusal, task) || attempts >= REFUSALS_MAX)) {
      await this.#record(task, 'stuck', { detail: said })
      tasks.drop(key)
      return this.#parts.onStuck(task, outcome.refusal)
    }
    tasks.put(key, { attempts, nextAt: clock.now() + backoffMs(NOT_YET, attempts, random), error: said })
  }

  #record(
    task: FlowTask,
    step: FulfilmentStep,
    said: { number?: string | undefined; detail?: string | undefined; isTold?: boolean },
  ) {
    const { orderRef, node, system, lines, revision } = task
    const data = {
      orderRef,
      node,
      step,
      system,
      ...(said.number === undefined ? {} : { number: said.number }),
      ...(said.detail === undefined ? {} : { detail: said.detail.slice(0, 1024) }),
      ...(said.isTold ? { lines, ...(revision > 0 ? { revision } : {}) } : {}),
    }
    const decided: Decided<null> = { decisions: [{ type: 'fulfilment.advanced', data }], answer: null }
    return this.#parts.decide({ decide: () => decided, correlationId: orderRef })
  }

  async #call(task: FlowTask): Promise<Outcome> {
    const { erp, fulfilment } = this.#parts.systems
    const { orderRef, node, revision } = task
    const key = { orderRef, node, ...(revision > 0 ? { revision } : {}) }
    const warehouse = fulfilment.find(({ nodes }) => nodes.includes(task.node))?.port
    switch (task.kind) {
      case 'post':
      case 'change': {
        const order = this.#orderOf(task)
        const posted = await (task.kind === 'post'
          ? erp!.port.postOrder(order)
          : erp!.port.changeOrder(order))
        if (!posted.ok) return { kind: 'refused', refusal: posted.error }
        const { erpNumber, warnings } = posted.value
        return {
          kind: 'taken',
          step: 'posted',
          number: erpNumber,
          ...(warnings.length > 0 ? { detail: warnings.join('; ') } : {}),
        }
      }
      case 'request':
        return taken(await warehouse!.request(this.#orderOf(task)), 'requested', ({ reference }) => reference)
      case 'change-request':
        return taken(await warehouse!.change(this.#orderOf(task)), 'requested', ({ reference }) => reference)
      case 'settle': {
        const state = await erp!.port.readOrder(key)
        if (!state.ok) return { kind: 'refused', refusal: state.error }
        return state.value?.status === 'shipped'
          ? { kind: 'taken', step: 'settled', number: state.value.erpNumber }
          : { kind: 'not-yet' }
      }
      case 'call-off': {
        if (warehouse) {
          const calledOff = await warehouse.callOff(key)
          if (!calledOff.ok) return { kind: 'refused', refusal: calledOff.error }
        }
        if (!erp) return { kind: 'taken', step: 'called-off' }
        const cancelled = await erp.port.cancelOrder(key)
        // What it never heard of needs no calling off.
        if (!cancelled.ok && cancelled.error.code !== 'unknown-order')
          return { kind: 'refused', refusal: cancelled.error }
        return { kind: 'taken', step: 'called-off' }
      }
    }
  }

  #orderOf({ orderRef, node, lines, revision }: FlowTask): ErpOrder {
    const [line] = this.#parts.books.demand.linesOf(orderRef)
    const channel = line?.terms?.demandClass.split('/')[0] ?? ''
    return { orderRef, node, channel, lines, ...(revision > 0 ? { revision } : {}) }
  }
}

type Outcome =
  | {
      readonly kind: 'taken'
      readonly step: FulfilmentStep
      readonly number?: string
      readonly detail?: string
    }
  | { readonly kind: 'refused'; readonly refusal: ErpRefusal }
  | { readonly kind: 'not-yet' }

const taken = <T>(
  answer: Result<T, ErpRefusal>,
  step: FulfilmentStep,
  numberOf: (value: T) => string,
): Outcome =>
  answer.ok
    ? { kind: 'taken', step, number: numberOf(answer.value) }
    : { kind: 'refused', refusal: answer.error }

/** Trying again can’t help: someone has to do something first. */
const isFinal = ({ code }: ErpRefusal, { kind }: FlowTask): boolean =>
  code === 'different-order' ||
  code === 'order-cancelled' ||
  code === 'not-exact' ||
  // Of a change the picks may be on their way here, and with them nothing is left to be changed.
  (code === 'already-picked' && kind === 'call-off')
