import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seededRandom } from '../../shared/kernel/random.ts'
import { fact, fold, HEARD_AT } from '../ledger/core/given.ts'
import { Ledger } from '../ledger/core/ledger.ts'
import { newEffects } from '../ledger/core/effects.ts'
import { openDatabase } from '../store/database.ts'
import { eventOf } from './core/accept-order.ts'
import type { FlowTask } from './core/flow-tasks.ts'
import type { ErpRefusal } from './erp.ts'
import { httpErp } from './http-erp.ts'
import { httpFulfilment } from './http-fulfilment.ts'
import { OrderRunner } from './order-runner.ts'
import { OrderTasks } from './order-tasks.ts'
import type { DecideCommand } from './reservation-desk.ts'

const SECRET = 'a-secret-of-these-tests'
const LIMITS = { perSecond: 1_000, burst: 1_000, concurrency: 4 }

type Answer = { readonly status: number; readonly body?: object; readonly headers?: Record<string, string> }

/** A real HTTP server that stands for an ERP and a warehouse, and does as each test says. */
class Systems {
  readonly posts: { path: string; key: string; orderRef: string }[] = []
  answer: (path: string, body: { orderRef: string; node: string }) => Answer | 'hang up' = () => ({
    status: 200,
  })
  readonly #numbers = new Map<string, string>()
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString()))
      request.on('end', () => {
        const body = JSON.parse(text) as { orderRef: string; node: string }
        const path = request.url!
        const answer = this.answer(path, body)
        if (answer === 'hang up') return void request.socket.destroy()
        this.posts.push({ path, key: String(request.headers['idempotency-key']), orderRef: body.orderRef })
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

let systems: Systems
beforeEach(async () => {
  systems = new Systems()
  await systems.open()
})
afterEach(() => systems.close())

/** A region’s books with a runner over them, and a clock that is set by hand. */
function given(
  options: { readonly isWarehoused?: boolean; readonly database?: ReturnType<typeof openDatabase> } = {},
) {
  const clock = { at: HEARD_AT, now: () => clock.at }
  const { ledger } = fold([fact({ type: 'node.upserted', sku: 'ber1', data: { sells: true } })], new Ledger())
  const stuck: [FlowTask, ErpRefusal][] = []
  let ids = 0
  const decide = async <T>({ decide: work, correlationId }: DecideCommand<T>): Promise<T> => {
    const { decisions, answer } = work(ledger.books, { allocation: {} }, clock.at)
    for (const it of decisions)
      ledger.apply(
        eventOf(it, { id: `d${ids++}`, source: 'plimsoll-hub', now: clock.at, correlationId }),
        newEffects(),
        clock.at,
      )
    return answer
  }
  const to = { url: systems.url, secret: SECRET }
  const runner = new OrderRunner({
    books: ledger.books,
    systems: {
      erp: { name: 'erp', port: httpErp({ ...to, url: `${systems.url}/erp` }), limits: LIMITS },
      fulfilment: options.isWarehoused
        ? [
            {
              name: 'wms',
              nodes: ['ber1'],
              port: httpFulfilment({ ...to, url: `${systems.url}/wms` }),
              limits: LIMITS,
            },
          ]
        : [],
    },
    names: {
      erp: 'erp',
      fulfilmentOf: (node) => (options.isWarehoused && node === 'ber1' ? 'wms' : null),
      isErp: (source) => ledger.books.master.source(source)?.role === 'erp',
    },
    tasks: new OrderTasks(options.database ?? openDatabase(':memory:')),
    decide,
    onStuck: (task, refusal) => stuck.push([task, refusal]),
    clock,
    random: seededRandom('orders'),
    log: pino({ level: 'silent' }),
  })
  const order = (number: string): string => {
    const orderRef = `web:${number}`
    const lines = [{ line: '1', sku: 'X', quantity: 2 }]
    const nodes = [{ node: 'ber1', quantity: 2 }]
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
  const tell = (type: string, orderRef: string, data: object = {}): void => {
    fold(
      [
        fact({
          type,
          sku: 'X',
          at: clock.at,
          data: { node: 'ber1', quantity: 2, orderRef, line: '1', ...data },
        }),
      ],
      ledger,
    )
    runner.note([orderRef])
  }
  return { clock, ledger, runner, order, work, pass, steps, stuck, tell, decide }
}

describe('an order', () => {
  test('is posted to the ERP, then asked of the warehouse, and settled when everything has left', async () => {
    const it = given({ isWarehoused: true })
    const orderRef = it.order('1')
    await it.pass(3_000)
    expect(it.steps(orderRef)).toEqual(['posted', 'requested'])
    expect(systems.posts.map(({ path, key }) => [path, key])).toEqual([
      ['/erp/orders', 'web:1/ber1'],
      ['/wms/fulfilments', 'web:1/ber1'],
    ])
    it.tell('stock.picked', orderRef)
    it.tell('stock.shipped', orderRef)
    await it.pass(2_000)
    expect(it.steps(orderRef)).toEqual(['posted', 'requested', 'settled'])
    expect(it.runner.queues()).toMatchObject([
      { system: 'erp', waiting: 0 },
      { system: 'wms', waiting: 0 },
    ])
  })

  test('of which the answer was lost is posted again under the same key, and is one order', async () => {
    const it = given()
    const orderRef = it.order('1')
    let isLost = true
    systems.answer = (path, body) => {
      if (!isLost) return { status: 200 }
      isLost = false
      systems.numbered(path, body)
      return 'hang up'
    }
    await it.pass(60_000)
    expect(it.steps(orderRef)).toEqual(['posted'])
    expect(systems.made).toBe(1)
  })

  test('that the ERP will not take is given up and said; taken up again, it goes on', async () => {
    const it = given()
    const orderRef = it.order('1')
    systems.answer = () => ({ status: 422, body: { code: 'unknown-customer', detail: 'no customer web' } })
    await it.pass(1_200_000)
    expect(it.steps(orderRef)).toEqual(['stuck'])
    expect(it.stuck).toMatchObject([
      [{ kind: 'post' }, { code: 'unknown-customer', detail: 'no customer web' }],
    ])
    expect(systems.posts.length).toBe(5)
    expect(it.runner.queues()).toMatchObject([{ system: 'erp', waiting: 0, stuck: 1 }])
    systems.answer = () => ({ status: 200 })
    const data = { orderRef, node: 'ber1', step: 'resumed', system: 'erp' }
    await it.decide({
      decide: () => ({ decisions: [{ type: 'fulfilment.advanced', data }], answer: null }),
      correlationId: 'c',
    })
    it.runner.note([orderRef])
    await it.pass(2_000)
    expect(it.steps(orderRef)).toEqual(['stuck', 'resumed', 'posted'])
  })

  test('that was cancelled is called off wherever it was told of', async () => {
    const it = given({ isWarehoused: true })
    const orderRef = it.order('1')
    await it.pass(3_000)
    fold([fact({ type: 'order.cancelled', data: { orderRef } })], it.ledger)
    it.runner.note([orderRef])
    await it.pass(2_000)
    expect(systems.posts.slice(2).map(({ path }) => path)).toEqual([
      '/wms/fulfilments/call-off',
      '/erp/orders/cancel',
    ])
    expect(it.steps(orderRef)).toEqual(['posted', 'requested', 'called-off'])
    const untold = it.order('2')
    fold([fact({ type: 'order.cancelled', data: { orderRef: untold } })], it.ledger)
    await it.pass(3_000)
    expect(it.steps(untold)).toEqual([])
  })
})

describe('an ERP that is down for ten minutes, then busy for two, then back', () => {
  test('gets every order once, each order’s steps in order, and what waits can be seen', async () => {
    const it = given({ isWarehoused: true })
    const [down, busy] = [HEARD_AT + 600_000, HEARD_AT + 720_000]
    const refused = new Map<string, number>()
    systems.answer = (path) => {
      if (!path.startsWith('/erp')) return { status: 200 }
      if (it.clock.at < down) return 'hang up'
      if (it.clock.at >= busy) return { status: 200 }
      refused.set('busy', (refused.get('busy') ?? 0) + 1)
      return { status: 429, body: {}, headers: { 'retry-after': '7' } }
    }
    const orders: string[] = []
    for (let minute = 0; minute < 12; minute++) {
      for (let i = 0; i < 5; i++) orders.push(it.order(`${minute}-${i}`))
      await it.pass(60_000)
      const [erp] = it.runner.queues()
      expect(erp).toMatchObject({ waiting: orders.length, oldestMs: (minute + 1) * 60_000 })
      if (it.clock.at < down) expect(erp!.state).toBe('down')
    }
    // Retry-After is honoured: two minutes at one call in seven seconds.
    expect(refused.get('busy')).toBeLessThanOrEqual(20)
    await it.pass(60_000, 100)
    for (const orderRef of orders) expect(it.steps(orderRef)).toEqual(['posted', 'requested'])
    const made = systems.posts.filter(({ path }) => path === '/erp/orders').slice(refused.get('busy'))
    expect(made.map(({ orderRef }) => orderRef).sort()).toEqual([...orders].sort())
    expect(systems.made).toBe(orders.length * 2)
    for (const orderRef of orders) {
      const its = systems.posts.filter((post) => post.orderRef === orderRef).map(({ path }) => path)
      expect(its.filter((path) => path === '/wms/fulfilments').length).toBe(1)
      expect(its.at(-1)).toBe('/wms/fulfilments')
    }
    expect(it.runner.queues()).toMatchObject([
      { system: 'erp', waiting: 0, state: 'open' },
      { system: 'wms', waiting: 0 },
    ])
  })
})
