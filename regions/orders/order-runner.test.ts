import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fact, fold, HEARD_AT } from '../ledger/core/given.ts'
import { givenOrders, LIMITS, Systems } from './given.ts'
import { toldStuck } from './stuck-letter.ts'

let systems: Systems
beforeEach(async () => {
  systems = new Systems()
  await systems.open()
})
afterEach(() => systems.close())

describe('an order', () => {
  test('is posted to the ERP, then asked of the warehouse, and settled when everything has left', async () => {
    const it = givenOrders(systems, { isWarehoused: true })
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
    const it = givenOrders(systems)
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
    const it = givenOrders(systems)
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
    const it = givenOrders(systems, { isWarehoused: true })
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
    const it = givenOrders(systems, { isWarehoused: true })
    const [down, busy] = [HEARD_AT + 600_000, HEARD_AT + 720_000]
    const refused = new Map<string, number>()
    let lost = 0
    systems.answer = (path, body) => {
      if (!path.startsWith('/erp')) return { status: 200 }
      if (it.clock.at < down) {
        // Of every other call that fails it is the answer that was lost: the ERP has the order.
        if (lost++ % 2 === 0) systems.numbered(path, body)
        return 'hang up'
      }
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
      expect(erp!.state).toBe(it.clock.at <= down ? 'down' : 'throttled')
    }
    expect(lost).toBeGreaterThan(10)
    // Retry-After is honoured: two minutes at one call in seven seconds.
    expect(refused.get('busy')).toBeLessThanOrEqual(20)
    await it.pass(60_000, 100)
    for (const orderRef of orders) expect(it.steps(orderRef)).toEqual(['posted', 'requested'])
    const made = systems.posts.filter(({ path }) => path === '/erp/orders').slice(refused.get('busy'))
    expect(made.map(({ orderRef }) => orderRef).sort()).toEqual([...orders].sort())
    expect(systems.made, 'none twice, though answers were lost').toBe(orders.length * 2)
    // In the order in which they came, but for those that are under way at the same time.
    for (const [n, { orderRef }] of made.entries())
      expect(Math.abs(n - orders.indexOf(orderRef))).toBeLessThan(LIMITS.concurrency)
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

test('an order that was given up before its letter was told is told by whoever carries orders on', async () => {
  const it = givenOrders(systems)
  const orderRef = it.order('1')
  systems.answer = () => ({ status: 422, body: { code: 'unknown-customer', detail: 'no customer: web' } })
  await it.pass(1_200_000)
  const [stuck] = [...it.runner.stuck()]
  expect(toldStuck(stuck!.orderRef, stuck!.node, stuck!.stuck)).toMatchObject({
    stage: 'order',
    refusals: [{ code: 'unknown-customer', detail: 'erp would not take web:1 at ber1: no customer: web' }],
    correlationId: orderRef,
  })
})
