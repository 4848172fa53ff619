import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../shared/contract/problem.ts'
import type { OrderAnswer } from '../../shared/contract/order-api.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-orders-'))
let nats: NatsServer
let region: RegionProcess
let systems: Server
/** What an ERP and two warehouses were asked for, and by which key. */
const heard: { path: string; key: string; body: { orderRef: string; node: string; lines?: object[] } }[] = []
let refuse: (path: string) => { status: number; body: object } | null = () => null

beforeAll(async () => {
  systems = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const path = request.url!
      const key = String(request.headers['idempotency-key'])
      const refused = refuse(path)
      if (!refused) heard.push({ path, key, body: JSON.parse(text) as never })
      response.writeHead(refused?.status ?? 200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify(refused?.body ?? { erpNumber: `SO-${key}`, reference: `F-${key}`, status: 'shipped' }),
      )
    })
  })
  await new Promise<void>((resolve) => systems.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(systems.address() as AddressInfo).port}`
  const system = (name: string) => ({ name, url: `${url}/${name}`, secret: 'a-secret-of-these-tests' })
  nats = await startLeaf({ region: 'eu' })
  region = new RegionProcess({
    region: 'eu',
    folder,
    nats: nats.url,
    more: {
      orders: {
        erp: system('erp'),
        fulfilment: [
          { ...system('wms-ber'), nodes: ['ber1'] },
          { ...system('wms-muc'), nodes: ['muc1'] },
        ],
      },
    },
  })
  await region.start()
  await region.put('/v1/nodes/ber1', { source: 'wms' })
  await region.put('/v1/nodes/muc1', { source: 'wms' })
  await region.put('/v1/sources/wms', { role: 'wms' })
  await region.put('/v1/sources/edi', { role: 'edi' })
  await region.put('/v1/sources/sap', { role: 'erp' })
})

afterAll(async () => {
  await region?.stop()
  await nats?.stop()
  await new Promise((resolve) => systems.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

let numbers = 0
const tell = async (type: string, data: object, subject?: string, source = 'wms'): Promise<void> => {
  const { body } = await region.call<{ results: { status: string }[] }>('/v1/events', {
    json: {
      specversion: '1.0',
      id: `e${numbers++}`,
      source,
      type: `plimsoll.${type}`,
      time: new Date().toISOString(),
      data,
      ...(subject ? { subject } : {}),
    },
    contentType: 'application/cloudevents+json',
  })
  expect(body.results[0]).toMatchObject({ status: 'accepted' })
}
async function stocked(stock: Record<string, number>): Promise<string> {
  const sku = `S${numbers++}`
  await region.put(`/v1/items/${sku}`, {})
  for (const [node, quantity] of Object.entries(stock)) await tell('stock.received', { node, quantity }, sku)
  return sku
}
type Answer = { status: number; body: OrderAnswer & Pick<Problem, 'type'> }
const order = (orderRef: string, sku: string, quantity: number): Promise<Answer> =>
  region.call('/v1/orders', { json: { orderRef, channel: 'web', lines: [{ line: '1', sku, quantity }] } })
const read = async (orderRef: string): Promise<OrderAnswer> =>
  (await region.call<OrderAnswer>(`/v1/orders/${orderRef}`)).body
const stepsOf = ({ parts }: OrderAnswer): Record<string, string[]> =>
  Object.fromEntries(parts.map(({ node, steps }) => [node, steps.map(({ step }) => step)]))
const told = (orderRef: string): string[] =>
  heard.filter(({ body }) => body.orderRef === orderRef).map(({ path }) => path)
const totals = async (sku: string): Promise<Record<string, number>> =>
  (await region.call<{ totals: Record<string, number> }>(`/v1/positions/${sku}`)).body.totals

describe('an order', () => {
  test('confirms what it held, is assigned to a node, and its systems are told; shipped, it is settled', async () => {
    const sku = await stocked({ ber1: 10, muc1: 4 })
    const { body: held } = await region.call<{ reservationId: string }>('/v1/reservations', {
      json: { orderRef: 'web:1', channel: 'web', lines: [{ line: '1', sku, quantity: 3 }] },
      headers: { 'idempotency-key': 'web-1' },
    })
    const { status, body } = await order('web:1', sku, 3)
    expect([status, body.reservationId, body.lines[0]!.nodes]).toEqual([
      201,
      held.reservationId,
      [{ node: 'ber1', quantity: 3 }],
    ])
    expect((await region.call(`/v1/reservations/${held.reservationId}`)).body).toMatchObject({
      status: 'confirmed',
    })
    await eventually(async () => stepsOf(await read('web:1'))['ber1']?.join() === 'posted,requested')
    expect(told('web:1')).toEqual(['/erp/orders', '/wms-ber/fulfilments'])
    expect(await totals(sku)).toMatchObject({ reserved: 3, allocated: 3, availableToSell: 11 })
    await tell('stock.picked', { node: 'ber1', quantity: 3, orderRef: 'web:1', line: '1' }, sku)
    await tell('stock.shipped', { node: 'ber1', quantity: 3, orderRef: 'web:1', line: '1' }, sku)
    await eventually(async () => stepsOf(await read('web:1'))['ber1']?.includes('settled') === true)
    expect(await read('web:1')).toMatchObject({ status: 'shipped' })
    expect((await region.call(`/v1/reservations/${held.reservationId}`)).body).toMatchObject({
      status: 'fulfilled',
    })
    expect((await order('web:1', sku, 3)).status).toBe(200)
    const other = await order('web:1', sku, 4)
    expect([other.status, other.body.type]).toEqual([409, '/problems/different-order'])
  })

  test('without a hold takes what it needs, or is refused whole', async () => {
    const sku = await stocked({ ber1: 5 })
    expect((await order('web:2', sku, 4)).status).toBe(201)
    const short = await order('web:3', sku, 2)
    expect([short.status, short.body.type]).toEqual([409, '/problems/insufficient-availability'])
    expect((await region.call('/v1/orders/web:3')).status).toBe(404)
  })

  test('of which a node does not find all is served from another for the rest', async () => {
    const sku = await stocked({ ber1: 10, muc1: 9 })
    await order('web:4', sku, 6)
    await eventually(async () => stepsOf(await read('web:4'))['ber1']?.includes('requested') === true)
    await tell('fulfilment.short', { node: 'ber1', quantity: 2, orderRef: 'web:4', line: '1' }, sku)
    await eventually(async () => stepsOf(await read('web:4'))['muc1']?.includes('requested') === true)
    expect((await read('web:4')).lines[0]).toMatchObject({
      nodes: [
        { node: 'ber1', quantity: 6 },
        { node: 'muc1', quantity: 2 },
      ],
      unassigned: 0,
    })
    expect(
      heard.find(({ path, body }) => path === '/wms-muc/fulfilments' && body.orderRef === 'web:4')?.body
        .lines,
    ).toEqual([{ line: '1', sku, quantity: 2 }])
  })

  test('that comes by EDI enters the same way; one that the ERP tells us of is not told back', async () => {
    const sku = await stocked({ ber1: 10 })
    const lines = [{ line: '1', sku, quantity: 1 }]
    await tell('order.accepted', { orderRef: 'edi:5', channel: 'edi', lines }, undefined, 'edi')
    await tell('order.accepted', { orderRef: 'sales:6', channel: 'sales', lines }, undefined, 'sap')
    await eventually(async () => told('edi:5').length === 2 && told('sales:6').length === 1)
    expect([told('edi:5'), told('sales:6')]).toEqual([
      ['/erp/orders', '/wms-ber/fulfilments'],
      ['/wms-ber/fulfilments'],
    ])
    // The same order, seen through two systems, is one order.
    await tell('order.accepted', { orderRef: 'edi:5', channel: 'edi', lines }, undefined, 'sap')
    expect(await totals(sku)).toMatchObject({ reserved: 2 })
  })

  test('that was cancelled gives back what it held, and its systems are told', async () => {
    const sku = await stocked({ ber1: 5 })
    await order('web:7', sku, 5)
    await eventually(async () => stepsOf(await read('web:7'))['ber1']?.includes('requested') === true)
    expect((await region.call('/v1/orders/web:7/cancel', { method: 'POST' })).body).toMatchObject({
      status: 'cancelled',
    })
    expect(await totals(sku)).toMatchObject({ reserved: 0, availableToSell: 5 })
    await eventually(async () => stepsOf(await read('web:7'))['ber1']?.includes('called-off') === true)
    expect(told('web:7').slice(2)).toEqual(['/wms-ber/fulfilments/call-off', '/erp/orders/cancel'])
  })

  test('of which a part is cancelled after it was split is told where the part was, and stays as it is elsewhere', async () => {
    const sku = await stocked({ ber1: 6, muc1: 4 })
    await region.put('/v1/sources/shop', { role: 'channel' })
    await order('web:10', sku, 9)
    const both = async (): Promise<boolean> => {
      const steps = stepsOf(await read('web:10'))
      return ['ber1', 'muc1'].every((node) => steps[node]?.includes('requested'))
    }
    await eventually(both)
    const lines = [{ line: '1', sku, quantity: 2 }]
    await tell('order.cancelled', { orderRef: 'web:10', channel: 'web', lines }, undefined, 'shop')
    await eventually(async () => told('web:10').length === 6)
    expect(heard.filter(({ body }) => body.orderRef === 'web:10').slice(4)).toMatchObject([
      {
        path: '/wms-muc/fulfilments/change',
        key: 'web:10/muc1/change/1',
        body: { lines: [{ quantity: 1 }] },
      },
      { path: '/erp/orders/change', key: 'web:10/muc1/change/1', body: { lines: [{ quantity: 1 }] } },
    ])
    // What is left is less than one of the nodes was to send: that one is called off.
    await tell('order.cancelled', { orderRef: 'web:10', channel: 'web', lines }, undefined, 'shop')
    await eventually(async () => stepsOf(await read('web:10'))['muc1']?.includes('called-off') === true)
    await eventually(async () => told('web:10').length === 10)
    expect(told('web:10').slice(6).sort()).toEqual([
      '/erp/orders/cancel',
      '/erp/orders/change',
      '/wms-ber/fulfilments/change',
      '/wms-muc/fulfilments/call-off',
    ])
    expect((await read('web:10')).lines[0]).toMatchObject({
      quantity: 9,
      cancelled: 4,
      nodes: [{ node: 'ber1', quantity: 5 }],
      unassigned: 0,
    })
    expect(await totals(sku)).toMatchObject({ reserved: 5, allocated: 5, availableToSell: 5 })
  })

  test('that the ERP will not take is an exception with its reason, and goes on by a replay', async () => {
    refuse = (path) =>
      path === '/erp/orders'
        ? { status: 409, body: { code: 'order-cancelled', detail: 'closed month' } }
        : null
    const sku = await stocked({ ber1: 5 })
    await order('web:8', sku, 1)
    await eventually(async () => (await read('web:8')).status === 'stuck')
    const { body } = await region.call<{ exceptions: { id: string; detail: string }[] }>(
      '/v1/exceptions?status=open',
    )
    const letter = body.exceptions.find(({ id }) => id.endsWith('web:8'))!
    expect(letter).toMatchObject({ stage: 'order', code: 'order-cancelled', correlationId: 'web:8' })
    expect((await region.call<{ systems: object[] }>('/v1/systems')).body.systems).toMatchObject([
      { system: 'erp', stuck: 1 },
      {},
      {},
    ])
    refuse = () => null
    await region.call(`/v1/exceptions/${encodeURIComponent(letter.id)}/replay`, { method: 'POST' })
    await eventually(async () => stepsOf(await read('web:8'))['ber1']?.includes('requested') === true)
    expect(told('web:8')).toEqual(['/erp/orders', '/wms-ber/fulfilments'])
  })

  test('that waits for an ERP that is down is seen to, by how many and how long, and goes when it is back', async () => {
    refuse = (path) => (path.startsWith('/erp') ? { status: 500, body: {} } : null)
    const sku = await stocked({ ber1: 5 })
    await order('web:11', sku, 1)
    const erp = async () =>
      (await region.call<{ systems: { state: string; waiting: number; oldestMs: number }[] }>('/v1/systems'))
        .body.systems[0]!
    await eventually(async () => (await erp()).state === 'down' && (await erp()).oldestMs > 300)
    expect(await erp()).toMatchObject({ system: 'erp', waiting: 1 })
    const metrics = await (await fetch(`${region.url}/metrics`)).text()
    expect(metrics).toContain('plimsoll_system_up{region="eu",system="erp"} 0')
    expect(metrics).toContain('plimsoll_system_waiting{region="eu",system="erp"} 1')
    expect(metrics).toMatch(/plimsoll_system_oldest_ms\{region="eu",system="erp"\} [1-9]/)
    refuse = () => null
    await eventually(async () => stepsOf(await read('web:11'))['ber1']?.includes('requested') === true)
    expect(await erp()).toMatchObject({ state: 'open', waiting: 0 })
    expect(told('web:11')).toEqual(['/erp/orders', '/wms-ber/fulfilments'])
  })

  test('goes on after a kill where it was, and is posted once', async () => {
    refuse = (path) => (path === '/wms-ber/fulfilments' ? { status: 503, body: {} } : null)
    const sku = await stocked({ ber1: 5 })
    await order('web:9', sku, 2)
    await eventually(async () => stepsOf(await read('web:9'))['ber1']?.includes('posted') === true)
    await region.kill9()
    refuse = () => null
    await region.start()
    await eventually(async () => stepsOf(await read('web:9'))['ber1']?.includes('requested') === true)
    expect(told('web:9')).toEqual(['/erp/orders', '/wms-ber/fulfilments'])
  })
})
