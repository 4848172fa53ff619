import { createHash, createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OrderAnswer } from '../../shared/contract/order-api.ts'
import { edi } from '../../regions/connectors/x12/given.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

/** What marketplaces send by their webhooks enters the order workflow, and is one order with what others tell of it. */

const SECRET = 'the-secret-of-a-shop'
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-market-'))
let nats: NatsServer
let region: RegionProcess
let systems: Server
const heard: { path: string; orderRef: string }[] = []

beforeAll(async () => {
  systems = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      heard.push({ path: request.url!, orderRef: (JSON.parse(text) as { orderRef: string }).orderRef })
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ erpNumber: 'SO', reference: 'F', status: 'open' }))
    })
  })
  await new Promise<void>((resolve) => systems.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(systems.address() as AddressInfo).port}`
  nats = await startLeaf({ region: 'eu' })
  region = new RegionProcess({
    region: 'eu',
    folder,
    nats: nats.url,
    more: {
      orders: {
        erp: { name: 'erp', url: `${url}/erp`, secret: 'a-secret-of-these-tests' },
        fulfilment: [{ name: 'wms', nodes: ['ber1'], url: `${url}/wms`, secret: 'a-secret-of-these-tests' }],
      },
    },
  })
  await region.start()
  await region.put('/v1/sources/wms', { role: 'wms' })
  await region.put('/v1/nodes/ber1', { source: 'wms' })
  await region.put('/v1/sources/shop', {
    role: 'channel',
    connector: 'shopify',
    secret: SECRET,
    profile: { channel: 'web' },
  })
  await region.put('/v1/sources/woo', { role: 'channel', connector: 'woocommerce', secret: SECRET })
  await region.put('/v1/sources/edi', { role: 'edi', connector: 'x12', profile: { channel: 'web' } })
  await region.put('/v1/mappings/shop', { nodes: { '655441491': 'ber1' } })
})

afterAll(async () => {
  await region?.stop()
  await nats?.stop()
  await new Promise((resolve) => systems.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

let numbers = 0
async function tell(type: string, subject: string, data: object): Promise<void> {
  const json = {
    specversion: '1.0',
    id: `e${numbers++}`,
    source: 'wms',
    type: `plimsoll.${type}`,
    time: new Date().toISOString(),
    subject,
    data,
  }
  await region.call('/v1/events', { json, contentType: 'application/cloudevents+json' })
}
async function stocked(sku: string, quantity: number): Promise<void> {
  await region.put(`/v1/items/${sku}`, {})
  await tell('stock.received', sku, { node: 'ber1', quantity })
}
async function webhook(topic: string, document: unknown, secret = SECRET): Promise<number> {
  const body = JSON.stringify(document)
  const { status } = await region.call('/v1/inbound/shop', {
    body,
    headers: {
      authorization: '',
      'x-shopify-topic': topic,
      'x-shopify-webhook-id': `w${numbers++}`,
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
    },
  })
  return status
}
const read = (orderRef: string) => region.call<OrderAnswer>(`/v1/orders/${orderRef}`)
const reserved = async (sku: string): Promise<number | undefined> =>
  (await region.call<{ totals?: { reserved: number } }>(`/v1/positions/${sku}`)).body.totals?.reserved
const told = (orderRef: string): string[] =>
  heard.filter((it) => it.orderRef === orderRef).map(({ path }) => path)
const open = async (source: string): Promise<{ code: string }[]> =>
  (await region.call<{ exceptions: { code: string }[] }>(`/v1/exceptions?status=open&source=${source}`)).body
    .exceptions
const order = (id: number, sku: string, quantity: number, more: object = {}): object => ({
  id,
  name: `#${id}`,
  updated_at: '2026-11-20T10:00:00Z',
  line_items: [{ id: id * 10, sku, quantity, fulfillable_quantity: quantity }],
  fulfillments: [],
  refunds: [],
  ...more,
})

describe('an order of a shop', () => {
  test('is assigned to a node, its systems are told, and what Shopify says was sent closes it', async () => {
    await stocked('CUP', 10)
    expect(await webhook('orders/create', order(1, 'CUP', 3))).toBe(202)
    await eventually(async () => told('web:1').length === 2)
    expect(told('web:1')).toEqual(['/erp/orders', '/wms/fulfilments'])
    expect((await read('web:1')).body.lines[0]).toMatchObject({
      line: '10',
      sku: 'CUP',
      nodes: [{ node: 'ber1', quantity: 3 }],
    })
    expect(await reserved('CUP')).toBe(3)
    await webhook('orders/create', order(1, 'CUP', 3))
    await webhook('orders/updated', order(1, 'CUP', 3, { updated_at: '2026-11-20T10:01:00Z' }))
    expect(await reserved('CUP')).toBe(3)
  })

  test('is one order with what EDI tells of it, under line numbers of its own', async () => {
    await stocked('BOWL', 20)
    await webhook('orders/create', order(7, 'BOWL', 4))
    const ship = edi('940', 'W05*N*7\nLX*1\nW01*4*EA**VN*BOWL\nW76*4')
    await region.call('/v1/inbound/edi', { body: ship, contentType: 'application/edi-x12' })
    const later = edi('940', 'W05*N*9\nLX*1\nW01*1*EA**VN*BOWL\nW76*1')
    await region.call('/v1/inbound/edi', { body: later, contentType: 'application/edi-x12' })
    await eventually(async () => (await reserved('BOWL')) === 5)
    expect((await read('web:7')).body.lines).toMatchObject([{ line: '70', quantity: 4 }])
    const left = { node: 'ber1', quantity: 4, orderRef: 'web:7', line: 'pick-1' }
    await tell('stock.shipped', 'BOWL', left)
    await eventually(async () => (await reserved('BOWL')) === 1)
    expect(await open('edi')).toEqual([])
  })

  test('that EDI changes and then cancels wants less, and then nothing', async () => {
    await stocked('JAR', 20)
    const sent = (control: string, set: string, body: string) =>
      region.call('/v1/inbound/edi', {
        body: edi(set, body, { control }),
        contentType: 'application/edi-x12',
      })
    await sent('000000021', '940', 'W05*N*21\nLX*1\nW01*4*EA**VN*JAR\nLX*2\nW01*3*EA**VN*JAR\nW76*7')
    await eventually(async () => (await reserved('JAR')) === 7)
    await sent('000000022', '940', 'W05*R*21\nLX*1\nW01*1*EA**VN*JAR\nW76*1')
    await eventually(async () => (await reserved('JAR')) === 4)
    await sent('000000023', '940', 'W05*F*21')
    await eventually(async () => (await reserved('JAR')) === 0)
    await sent('000000024', '850', 'BEG*00*SA*24\nPO1*1*4*EA***VN*JAR\nPO1*2*3*EA***VN*JAR')
    await sent('000000025', '850', 'BEG*05*SA*24\nPO1*2*2*EA***VN*JAR')
    await eventually(async () => (await reserved('JAR')) === 2)
    await sent('000000026', '860', 'BCH*04*SA*24\nPOC*1*QI*5*0*EA***VN*JAR\nPOC*2*DI*0*0*EA***VN*JAR')
    await eventually(async () => (await reserved('JAR')) === 5)
    expect(await open('edi')).toEqual([])
  })

  test('with another signature is not let in, and leaves nothing', async () => {
    expect(await webhook('orders/create', order(2, 'CUP', 1), 'a-secret-of-somebody')).toBe(401)
    expect((await read('web:2')).status).toBe(404)
  })

  test('keeps its latest word, in whatever order the words come', async () => {
    await stocked('MUG', 10)
    await webhook('orders/updated', order(3, 'MUG', 1, { updated_at: '2026-11-20T10:05:00Z' }))
    await webhook('orders/create', order(3, 'MUG', 4))
    await eventually(async () => (await reserved('MUG')) === 1)
    await webhook('orders/cancelled', order(4, 'MUG', 5, { cancelled_at: '2026-11-20T10:05:00Z' }))
    await webhook('orders/create', order(4, 'MUG', 5))
    await webhook('orders/create', order(5, 'MUG', 2))
    await eventually(async () => (await reserved('MUG')) === 3)
  })

  test('of an item that nobody knows waits with its bytes, and enters by itself when that is mapped', async () => {
    await stocked('POT', 10)
    await webhook('orders/create', order(6, 'their pot', 2))
    await eventually(async () => (await open('shop')).length === 1)
    expect(await open('shop')).toMatchObject([{ code: 'unknown-code', class: 'unknown-code' }])
    await region.put('/v1/mappings/shop', { nodes: { '655441491': 'ber1' }, skus: { 'their pot': 'POT' } })
    await eventually(async () => (await reserved('POT')) === 2 && (await open('shop')).length === 0)
    await eventually(async () => told('web:6').length === 2)
  })

  test('of WooCommerce enters the same way; the ping of a new webhook is answered, and leaves nothing', async () => {
    await stocked('PAN', 10)
    const post = (body: string, headers: Record<string, string>) =>
      region.call('/v1/inbound/woo', { body, headers: { authorization: '', ...headers } })
    const ping = await post('webhook_id=7', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(ping.status).toBe(200)
    const send = (status: string, minute: number, tamper = '') => {
      const body = JSON.stringify({
        id: 8,
        status,
        date_modified_gmt: `2026-11-20T10:0${minute}:00`,
        line_items: [{ id: 1, sku: 'PAN', quantity: 2 }],
      })
      const signature = createHmac('sha256', SECRET).update(body).digest('base64')
      const headers = { 'x-wc-webhook-topic': 'order.updated', 'x-wc-webhook-signature': signature }
      return post(body + tamper, headers)
    }
    expect([(await send('processing', 0)).status, (await send('processing', 0, ' ')).status]).toEqual([
      202, 401,
    ])
    await eventually(async () => (await reserved('PAN')) === 2)
    await eventually(async () => told('woocommerce:8').length === 2)
    await send('cancelled', 1)
    await eventually(async () => (await reserved('PAN')) === 0)
    await eventually(async () => told('woocommerce:8').length === 4)
    expect((await read('woocommerce:8')).body.status).toBe('cancelled')
    await send('processing', 2)
    await eventually(async () => (await reserved('PAN')) === 2)
    await eventually(async () => told('woocommerce:8').length === 6)
    expect(told('woocommerce:8')).toEqual([
      '/erp/orders',
      '/wms/fulfilments',
      '/wms/fulfilments/call-off',
      '/erp/orders/cancel',
      '/erp/orders',
      '/wms/fulfilments',
    ])
    expect(await open('woo')).toEqual([])
  })

  test('of Walmart is let in by its signature of this very call, or as its subscription says', async () => {
    await stocked('TIN', 10)
    const source = { role: 'channel', connector: 'walmart', secret: SECRET }
    await region.put('/v1/sources/walmart', source)
    const bodyOf = (purchaseOrderId: string) =>
      JSON.stringify({
        source: { eventType: 'PO_CREATED', eventTime: '2026-11-20T10:00:00Z', eventId: purchaseOrderId },
        payload: {
          purchaseOrderId,
          orderLines: [
            { lineNumber: '1', sku: 'TIN', quantity: { measurementValue: '3' }, status: 'CREATED' },
          ],
        },
      })
    const signed = async (path: string, at = Math.floor(Date.now() / 1000)): Promise<number> => {
      const body = bodyOf('31')
      const digest = createHash('sha256').update(body).digest('hex')
      const signature = createHmac('sha256', SECRET)
        .update(`POST\n${path}\n${at}\n${digest}`)
        .digest('base64')
      const headers = { authorization: '', 'WM_SEC.TIMESTAMP': String(at), 'WM_SEC.SIGNATURE': signature }
      return (await region.call('/v1/inbound/walmart', { body, headers })).status
    }
    expect(await signed('/v1/inbound/shop')).toBe(401)
    expect(await signed('/v1/inbound/walmart', 1_790_000_000)).toBe(401)
    expect(await signed('/v1/inbound/walmart')).toBe(202)
    await eventually(async () => (await reserved('TIN')) === 3)
    const signature = { by: 'basic', header: 'Authorization', user: 'walmart' }
    await region.put('/v1/sources/walmart', { ...source, profile: { signature } })
    const shown = async (credentials: string): Promise<number> => {
      const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`
      return (await region.call('/v1/inbound/walmart', { body: bodyOf('32'), headers: { authorization } }))
        .status
    }
    expect([await shown('walmart:guessed'), await shown(`walmart:${SECRET}`)]).toEqual([401, 202])
    expect(await signed('/v1/inbound/walmart')).toBe(401)
    await eventually(async () => (await reserved('TIN')) === 6)
    expect(await open('walmart')).toEqual([])
  })
})
