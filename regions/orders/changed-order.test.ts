import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { givenOrders, Systems } from './given.ts'

let systems: Systems
beforeEach(async () => {
  systems = new Systems()
  await systems.open()
})
afterEach(() => systems.close())

const told = () => systems.posts.map(({ path, key, body: { lines } }) => [path, key, lines?.map(quantityOf)])
const quantityOf = (line: object): number => (line as { quantity: number }).quantity

/** An order of five that ERP and warehouse know of. */
async function givenTold() {
  const it = givenOrders(systems, { isWarehoused: true })
  const orderRef = it.order('1', 5)
  await it.pass(3_000)
  systems.posts.length = 0
  const wanted = (quantity: number): void => {
    const lines = [{ line: '1', sku: 'X', quantity }]
    it.hear([{ type: 'order.changed', source: 'web', data: { orderRef, channel: 'web', lines } }], orderRef)
  }
  const cancelled = (quantity: number): void => {
    const lines = [{ line: '1', sku: 'X', quantity }]
    it.hear([{ type: 'order.cancelled', source: 'web', data: { orderRef, channel: 'web', lines } }], orderRef)
  }
  const said = () => it.ledger.books.flows.find(orderRef)!.parts.get('ber1')!
  return { ...it, orderRef, wanted, cancelled, said }
}

describe('an order of which less is wanted after the warehouse was asked', () => {
  test('is stated anew to the warehouse, then to the ERP, and once', async () => {
    const { wanted, pass, said } = await givenTold()
    wanted(3)
    await pass(10_000)
    expect(told()).toEqual([
      ['/wms/fulfilments/change', 'web:1/ber1/change/1', [3]],
      ['/erp/orders/change', 'web:1/ber1/change/1', [3]],
    ])
    expect(systems.posts.map(({ body }) => body.revision)).toEqual([1, 1])
    expect(said().get('requested')).toMatchObject({ lines: [{ quantity: 3 }], revision: 1 })
  })

  test('because a part was cancelled, is the same', async () => {
    const { cancelled, pass } = await givenTold()
    cancelled(1)
    cancelled(1)
    await pass(10_000)
    expect(told().map(([path, , lines]) => [path, lines])).toEqual([
      ['/wms/fulfilments/change', [3]],
      ['/erp/orders/change', [3]],
    ])
  })

  test('and then more again, is stated each time under a key of its own', async () => {
    const { wanted, pass } = await givenTold()
    for (const quantity of [3, 5, 3]) {
      wanted(quantity)
      await pass(5_000)
    }
    expect(told().filter(([path]) => path === '/wms/fulfilments/change')).toEqual([
      ['/wms/fulfilments/change', 'web:1/ber1/change/1', [3]],
      ['/wms/fulfilments/change', 'web:1/ber1/change/2', [5]],
      ['/wms/fulfilments/change', 'web:1/ber1/change/3', [3]],
    ])
  })

  test('is told of the newest, when it changed while a system was away; the answer that was lost included', async () => {
    const { wanted, pass, said } = await givenTold()
    systems.answer = () => 'hang up'
    wanted(4)
    await pass(20_000)
    wanted(2)
    await pass(20_000)
    expect(told()).toEqual([])
    systems.answer = () => ({ status: 200 })
    await pass(60_000)
    expect(told()).toEqual([
      ['/wms/fulfilments/change', 'web:1/ber1/change/1', [2]],
      ['/erp/orders/change', 'web:1/ber1/change/1', [2]],
    ])
    expect(said().get('posted')).toMatchObject({ lines: [{ quantity: 2 }] })
  })

  test('keeps what was picked: only the rest is taken off', async () => {
    const { wanted, tell, orderRef, pass, ledger } = await givenTold()
    tell('stock.picked', orderRef, { quantity: 4 })
    wanted(2)
    await pass(10_000)
    expect(told().map(([path, , lines]) => [path, lines])).toEqual([
      ['/wms/fulfilments/change', [4]],
      ['/erp/orders/change', [4]],
    ])
    expect(ledger.books.demand.linesOf(orderRef)[0]!.sourcing!.nodes).toMatchObject([{ quantity: 4 }])
  })

  test('that was picked meanwhile stands as it was, as soon as the picks are heard of', async () => {
    const { wanted, tell, orderRef, pass, stuck, runner } = await givenTold()
    systems.answer = (path) =>
      path.endsWith('/change') ? { status: 409, body: { code: 'already-picked' } } : { status: 200 }
    wanted(2)
    await pass(3_000)
    expect(told().length).toBeGreaterThan(0)
    tell('stock.picked', orderRef, { quantity: 5 })
    await pass(60_000)
    expect(stuck).toEqual([])
    expect(runner.queues()).toMatchObject([{ waiting: 0 }, { waiting: 0 }])
  })

  test('and of which nobody says so, is given up with its reason', async () => {
    const { wanted, pass, stuck, said } = await givenTold()
    systems.answer = (path) =>
      path.endsWith('/change')
        ? { status: 409, body: { code: 'already-picked', detail: 'packed' } }
        : { status: 200 }
    wanted(2)
    await pass(1_200_000)
    expect(stuck).toMatchObject([[{ kind: 'change-request', system: 'wms' }, { code: 'already-picked' }]])
    expect(said().has('stuck')).toBe(true)
  })

  test('is settled when what is wanted has left', async () => {
    const { wanted, tell, orderRef, pass, steps } = await givenTold()
    wanted(2)
    await pass(5_000)
    tell('stock.shipped', orderRef, { quantity: 2 })
    await pass(5_000)
    expect(steps(orderRef)).toContain('settled')
  })
})

describe('an order of which nothing is wanted any more, line by line', () => {
  test('is called off, and asked for again when it is wanted again', async () => {
    const { wanted, pass } = await givenTold()
    wanted(0)
    await pass(5_000)
    wanted(5)
    await pass(5_000)
    wanted(0)
    await pass(5_000)
    expect(told()).toEqual([
      ['/wms/fulfilments/call-off', 'web:1/ber1/call-off', undefined],
      ['/erp/orders/cancel', 'web:1/ber1/cancel', undefined],
      ['/erp/orders', 'web:1/ber1/1', [5]],
      ['/wms/fulfilments', 'web:1/ber1/1', [5]],
      ['/wms/fulfilments/call-off', 'web:1/ber1/call-off/1', undefined],
      ['/erp/orders/cancel', 'web:1/ber1/cancel/1', undefined],
    ])
  })
})

test('a line that became another item is wanted as that, and not as the first', async () => {
  const { hear, orderRef, pass } = await givenTold()
  const lines = [{ line: '1', sku: 'Y', quantity: 5, node: 'ber1' }]
  hear([{ type: 'order.changed', source: 'web', data: { orderRef, channel: 'web', lines } }], orderRef)
  await pass(5_000)
  expect(systems.posts[0]).toMatchObject({
    path: '/wms/fulfilments/change',
    body: { lines: [{ line: '1', sku: 'Y', quantity: 5 }] },
  })
})
