import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { seededRandom } from '../../shared/kernel/random.ts'
import { fact, fold, HEARD_AT } from '../ledger/core/given.ts'
import { Ledger } from '../ledger/core/ledger.ts'
import { newEffects } from '../ledger/core/effects.ts'
import { openDatabase } from '../store/database.ts'
import { eventOf } from './core/accept-order.ts'
import type { FlowTask } from './core/flow-tasks.ts'
import { sourceAgain } from './core/source-again.ts'
import type { ErpRefusal } from './erp.ts'
import { httpErp } from './http-erp.ts'
import { httpFulfilment } from './http-fulfilment.ts'
import { OrderRunner } from './order-runner.ts'
import { OrderTasks } from './order-tasks.ts'
import type { DecideCommand } from './reservation-desk.ts'

/** For tests: a region’s orders, carried to an ERP and a warehouse that do as each test says. */

const SECRET = 'a-secret-of-these-tests'
export const LIMITS = { perSecond: 1_000, burst: 1_000, concurrency: 4 }

type Posted = {
  readonly orderRef: string
  readonly node: string
  readonly lines?: object[]
  readonly revision?: number
}
type Answer = { readonly status: number; readonly body?: object; readonly headers?: Record<string, string> }

/** A real HTTP server that stands for an ERP and a warehouse, and does as each test says. */
export class Systems {
  readonly posts: { path: string; key: string; orderRef: string; body: Posted }[] = []
  answer: (path: string, body: Posted) => Answer | 'hang up' = () => ({
    status: 200,
  })
  readonly #numbers = new Map<string, string>()
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString()))
      request.on('end', () => {
        const body = JSON.parse(text) as Posted
        const path = request.url!
        const answer = this.answer(path, body)
        if (answer === 'hang up') return void request.socket.destroy()
        this.posts.push({
          path,
          key: String(request.headers['idempotency-key']),
          orderRef: body.orderRef,
          body,
        })
        response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
        response.end(JSON.stringify(answer.body ?? this.numbered(path, body)))
      })
    })
  }

  /** As a system would that keeps its promises: the same key, the same number. */
  numbered(path: string, { orderRef, node }: { orderRef: string; node: string }): object {
    const key = `${path} ${orderRef}/${node}`
    const number = this.#numbers.get(key) ?? `N${this.#numbers.size + 1}`
    this.#numbers.set(key, number)
    return { erpNumber: number, reference: number, status: 'shipped' }
  }

  get made(): number {
    return this.#numbers.size
  }

  open = (): Promise<void> => new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  close = (): Promise<void> =>
    new Promise((resolve) => {
      this.#server.closeAllConnections()
      this.#server.close(() => resolve())
    })
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }
}

type Options = { readonly isWarehoused?: boolean }

/** A region’s books with a runner over them, and a clock that is set by hand. */
export function givenOrders(systems: Systems, options: Options = {}) {
  const clock = { at: HEARD_AT, now: () => clock.at }
  const { ledger } = fold(
    [
      fact({ type: 'node.upserted', sku: 'ber1', data: { sells: true } }),
      fact({ type: 'stock.received', sku: 'X', standing: 'owner', data: { node: 'ber1', quantity: 1_000 } }),
    ],
    new Ledger(),
  )
  const stuck: [FlowTask, ErpRefusal][] = []
  const decide = deciderOf(ledger, clock)
  const runner = new OrderRunner({
    ...systemsOf(systems.url, ledger, options),
    books: ledger.books,
    tasks: new OrderTasks(openDatabase(':memory:')),
    decide,
    onStuck: (task, refusal) => stuck.push([task, refusal]),
    clock,
    random: seededRandom('orders'),
    log: pino({ level: 'silent' }),
  })
  const work = async (): Promise<void> => {
    runner.tick()
    await runner.settled()
  }
  /** Lets so much time pass, a step at a time, with whatever is due being done. */
  const pass = async (ms: number, stepMs = 1_000): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      clock.at += stepMs
      await work()
    }
  }
  const steps = (orderRef: string): string[] => [
    ...(ledger.books.flows.find(orderRef)?.parts.get('ber1')?.keys() ?? []),
  ]
  return { clock, ledger, runner, work, pass, steps, stuck, decide, ...wordsTo(ledger, runner, clock) }
}

type SetClock = { at: number; readonly now: () => number }

function deciderOf(ledger: Ledger, clock: SetClock) {
  let ids = 0
  return async <T>({ decide: work, correlationId }: DecideCommand<T>): Promise<T> => {
    const { decisions, answer } = work(ledger.books, { allocation: {} }, clock.at)
    for (const it of decisions)
      ledger.apply(
        eventOf(it, { id: `d${ids++}`, source: 'plimsoll-hub', now: clock.at, correlationId }),
        newEffects(),
        clock.at,
      )
    return answer
  }
}

function systemsOf(url: string, { books }: Ledger, { isWarehoused = false }: Options) {
  const to = { secret: SECRET, limits: LIMITS }
  const port = httpFulfilment({ ...to, url: `${url}/wms` })
  const warehouse = { name: 'wms', nodes: ['ber1'], port, limits: LIMITS }
  return {
    systems: {
      erp: { name: 'erp', port: httpErp({ ...to, url: `${url}/erp` }), limits: LIMITS },
      fulfilment: isWarehoused ? [warehouse] : [],
    },
    names: {
      erp: 'erp',
      fulfilmentOf: (node: string) => (isWarehoused && node === 'ber1' ? 'wms' : null),
      isErp: (source: string) => books.master.source(source)?.role === 'erp',
    },
  }
}

/** What is said of orders, and heard by the runner. */
function wordsTo(ledger: Ledger, runner: OrderRunner, clock: SetClock) {
  const order = (number: string, quantity = 2): string => {
    const orderRef = `web:${number}`
    const lines = [{ line: '1', sku: 'X', quantity }]
    const nodes = [{ node: 'ber1', quantity }]
    fold(
      [
        fact({ type: 'order.accepted', source: 'plimsoll-hub', data: { orderRef, channel: 'web', lines } }),
        fact({
          type: 'fulfilment.sourced',
          source: 'plimsoll-hub',
          data: { orderRef, lines: [{ line: '1', sku: 'X', nodes }] },
        }),
      ],
      ledger,
    )
    runner.note([orderRef])
    return orderRef
  }
  /** Something was heard of an order: it is assigned as it is wanted now, and carried on. */
  const hear = (facts: Parameters<typeof fact>[0][], orderRef: string): void => {
    fold(
      facts.map((it) => fact({ at: clock.at, ...it })),
      ledger,
    )
    for (let again = true; again;) {
      const flow = ledger.books.flows.find(orderRef)
      const sourced = flow ? sourceAgain(ledger.books, flow, clock.at) : null
      again = sourced !== null
      if (sourced)
        fold(
          [fact({ type: sourced.type, source: 'plimsoll-hub', at: clock.at, data: { ...sourced.data } })],
          ledger,
        )
    }
    runner.note([orderRef])
  }
  const tell = (type: string, orderRef: string, data: object = {}): void => {
    const said = { node: 'ber1', quantity: 2, orderRef, line: '1', ...data }
    hear([{ type, sku: 'X', data: said }], orderRef)
  }
  return { order, hear, tell }
}
