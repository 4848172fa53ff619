import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../shared/contract/problem.ts'
import type { ReservationAnswer } from '../../shared/contract/reservation-api.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-reservations-'))
let server: NatsServer
let region: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  region = new RegionProcess({ region: 'eu', folder, nats: server.url })
  await region.start()
  await region.put('/v1/nodes/ber1', { source: 'wms' })
  await region.put('/v1/nodes/muc1', { source: 'wms' })
  await region.put('/v1/sources/wms', { role: 'wms' })
})

afterAll(async () => {
  await region?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let numbers = 0
/** A sku of its own for each story, with stock at nodes. */
async function stocked(stock: Record<string, number>, item: Record<string, unknown> = {}): Promise<string> {
  const sku = `S${numbers++}`
  await region.put(`/v1/items/${sku}`, item)
  const events = Object.entries(stock).map(([node, quantity]) => ({
    specversion: '1.0',
    id: `${sku}-${node}`,
    source: 'wms',
    type: 'plimsoll.stock.received',
    time: '2026-11-20T10:00:00Z',
    subject: sku,
    data: { node, quantity },
  }))
  if (events.length > 0)
    await region.call('/v1/events', { json: events, contentType: 'application/cloudevents-batch+json' })
  return sku
}

type Line = { line: string; sku: string; quantity: number; [more: string]: unknown }
type Answer = {
  status: number
  body: Omit<ReservationAnswer, 'lines'> &
    Pick<Problem, 'type' | 'errors'> & { lines: Record<string, unknown>[] }
}

const reserve = (
  lines: Line[],
  { key = `k${numbers++}`, ...more }: { key?: string; [more: string]: unknown } = {},
): Promise<Answer> =>
  region.call('/v1/reservations', {
    json: { orderRef: `web:${key}`, channel: 'web', lines, ...more },
    headers: { 'idempotency-key': key },
  })
const step = (id: string, name: string, json?: unknown): Promise<Answer> =>
  region.call(`/v1/reservations/${id}/${name}`, { method: 'POST', json })
const available = async (sku: string, query = 'channel=web'): Promise<number> => {
  const { body } = await region.call<{ availableToSell: number }>(`/v1/availability/${sku}?${query}`)
  return body.availableToSell
}

describe('a reservation', () => {
  test('holds what an order needs, and what is held is offered to nobody else', async () => {
    const sku = await stocked({ ber1: 10 })
    const { status, body } = await reserve([{ line: '1', sku, quantity: 4 }])
    expect([status, body.status, body.lines]).toEqual([
      201,
      'held',
      [{ line: '1', sku, quantity: 4, reserved: 4 }],
    ])
    expect(Date.parse(body.expiresAt!) - Date.now()).toBeGreaterThan(890_000)
    expect(await available(sku)).toBe(6)
    expect((await region.call(`/v1/reservations/${body.reservationId}`)).body).toEqual(body)
  })

  test('is refused whole when one line is short, and says by how much', async () => {
    const [plenty, few] = [await stocked({ ber1: 10 }), await stocked({ ber1: 3 })]
    const { status, body } = await reserve([
      { line: '1', sku: plenty, quantity: 2 },
      { line: '2', sku: few, quantity: 4 },
    ])
    expect([status, body.type, body.lines]).toEqual([
      409,
      '/problems/insufficient-availability',
      [{ line: '2', sku: few, quantity: 4, available: 3 }],
    ])
    expect(await available(plenty)).toBe(10)
  })

  test('takes what there is when that is wished', async () => {
    const sku = await stocked({ ber1: 3 })
    const { status, body } = await reserve([{ line: '1', sku, quantity: 4 }], { partial: true })
    expect([status, body.lines]).toEqual([201, [{ line: '1', sku, quantity: 4, reserved: 3 }]])
    expect((await region.call<Answer['body']>(`/v1/reservations/${body.reservationId}`)).body.lines).toEqual(
      body.lines,
    )
    expect((await reserve([{ line: '1', sku, quantity: 1 }], { partial: true })).status).toBe(409)
  })

  test('of several lines sums them: two of one sku, a kit and its component', async () => {
    const part = await stocked({ ber1: 10 })
    const kit = await stocked({}, { kit: [{ sku: part, quantity: 4 }] })
    const twice = [
      { line: '1', sku: part, quantity: 6 },
      { line: '2', sku: part, quantity: 5 },
    ]
    expect((await reserve(twice)).body.lines).toEqual([{ line: '2', sku: part, quantity: 5, available: 4 }])
    const withKit = [
      { line: '1', sku: kit, quantity: 2 },
      { line: '2', sku: part, quantity: 3 },
    ]
    expect((await reserve(withKit)).body.lines).toEqual([{ line: '2', sku: part, quantity: 3, available: 2 }])
    expect(await available(part)).toBe(10)
    expect((await reserve([withKit[0]!, { line: '2', sku: part, quantity: 2 }])).status).toBe(201)
    expect([await available(part), await available(kit)]).toEqual([0, 0])
  })

  test('may name a node, and a unit of the item', async () => {
    const sku = await stocked({ ber1: 12, muc1: 30 }, { uoms: { CASE: 12 } })
    expect((await reserve([{ line: '1', sku, quantity: 2, uom: 'CASE', node: 'ber1' }])).body.lines).toEqual([
      { line: '1', sku, quantity: 24, available: 12 },
    ])
    const { body } = await reserve([{ line: '1', sku, quantity: 2, uom: 'CASE', node: 'muc1' }])
    expect(body.lines).toEqual([{ line: '1', sku, quantity: 24, reserved: 24, node: 'muc1' }])
    expect(await available(sku)).toBe(18)
  })

  test('keeps to the fence of its class, and takes from it', async () => {
    const sku = await stocked({ ber1: 10 })
    await region.put(`/v1/policies/allocation/sku:${sku}`, {
      rules: [{ class: 'b2b', ringFence: { quantity: 8 } }],
      author: 'test',
      reason: 'fence',
    })
    expect((await reserve([{ line: '1', sku, quantity: 3 }])).body.lines).toMatchObject([{ available: 2 }])
    expect((await reserve([{ line: '1', sku, quantity: 9 }], { channel: 'b2b' })).status).toBe(201)
    expect(await available(sku)).toBe(1)
  })

  test('counts all that is promised, although stock is published by shipment', async () => {
    const sku = await stocked({ ber1: 5 })
    await region.put(`/v1/policies/depletion/sku:${sku}`, {
      mode: 'shipment',
      author: 'test',
      reason: 'late',
    })
    expect((await reserve([{ line: '1', sku, quantity: 4 }])).status).toBe(201)
    expect(await available(sku)).toBe(5)
    expect((await reserve([{ line: '1', sku, quantity: 2 }])).body.lines).toMatchObject([{ available: 1 }])
  })
})

describe('the same request again', () => {
  test('gets its first answer, whatever became of the reservation', async () => {
    const sku = await stocked({ ber1: 5 })
    const lines = [{ line: '1', sku, quantity: 5 }]
    const first = await reserve(lines, { key: 'same' })
    await step(first.body.reservationId, 'release')
    expect(await reserve(lines, { key: 'same' })).toEqual(first)
    expect(await available(sku)).toBe(5)
  })

  test('is refused again although there is enough by now', async () => {
    const sku = await stocked({ ber1: 1 })
    const held = await reserve([{ line: '1', sku, quantity: 1 }])
    const lines = [{ line: '1', sku, quantity: 1 }]
    expect((await reserve(lines, { key: 'late' })).status).toBe(409)
    await step(held.body.reservationId, 'release')
    expect((await reserve(lines, { key: 'late' })).status).toBe(409)
    expect((await reserve(lines)).status).toBe(201)
  })

  test('with another body is no such thing', async () => {
    const sku = await stocked({ ber1: 5 })
    await reserve([{ line: '1', sku, quantity: 1 }], { key: 'reused' })
    const { status, body } = await reserve([{ line: '1', sku, quantity: 2 }], { key: 'reused' })
    expect([status, body.type]).toEqual([422, '/problems/idempotency-key-reused'])
  })

  test('whose body is no JSON is told so', async () => {
    const { status, body } = await region.call<Problem>('/v1/reservations', {
      body: '{"orderRef":',
      headers: { 'idempotency-key': 'cut-off' },
    })
    expect([status, body.type, body.detail]).toEqual([400, '/problems/malformed', 'the body is no JSON'])
  })

  test('needs a key', async () => {
    const { status, body } = await region.call<Problem>('/v1/reservations', { json: {} })
    expect([status, body.errors?.[0]?.path]).toEqual([400, 'Idempotency-Key'])
  })

  test('of the same order under another key is one reservation', async () => {
    const sku = await stocked({ ber1: 5 })
    const lines = [{ line: '1', sku, quantity: 3 }]
    const first = await reserve(lines, { orderRef: `web:order-${sku}` })
    const second = await reserve(lines, { orderRef: `web:order-${sku}` })
    expect([second.status, second.body.reservationId]).toEqual([201, first.body.reservationId])
    expect(await available(sku)).toBe(2)
    const other = await reserve([{ line: '1', sku, quantity: 1 }], { orderRef: `web:order-${sku}` })
    expect([other.status, other.body.type]).toEqual([409, '/problems/already-reserved'])
  })
})

describe('its steps', () => {
  test('confirm it, give it back, or let it last longer; repeating one changes nothing', async () => {
    const sku = await stocked({ ber1: 5 })
    const { reservationId: id } = (await reserve([{ line: '1', sku, quantity: 3 }])).body
    const extended = await step(id, 'extend', { ttlSeconds: 3600 })
    expect(Date.parse(extended.body.expiresAt!) - Date.now()).toBeGreaterThan(3_590_000)
    expect((await step(id, 'confirm')).body).toMatchObject({ status: 'confirmed', expiresAt: null })
    expect((await step(id, 'confirm')).body.status).toBe('confirmed')
    const late = await step(id, 'extend', { ttlSeconds: 3600 })
    expect([late.status, late.body.type]).toEqual([409, '/problems/wrong-state'])
    expect((await step(id, 'release')).body.status).toBe('released')
    expect((await step(id, 'release')).body.status).toBe('released')
    expect((await step(id, 'confirm')).status).toBe(409)
    expect(await available(sku)).toBe(5)
    expect((await step('nobody', 'confirm')).status).toBe(404)
  })

  test('it ends by itself at its very end, for whoever looks', async () => {
    const sku = await stocked({ ber1: 5 })
    const { reservationId: id, expiresAt } = (
      await reserve([{ line: '1', sku, quantity: 5 }], { ttlSeconds: 1 })
    ).body
    expect(await available(sku)).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, Date.parse(expiresAt!) - Date.now() + 1))
    expect(await available(sku)).toBe(5)
    expect((await region.call(`/v1/reservations/${id}`)).body).toMatchObject({ status: 'expired' })
    expect((await step(id, 'confirm')).status).toBe(409)
    expect((await reserve([{ line: '1', sku, quantity: 5 }])).status).toBe(201)
  })

  test('its order, once heard of, stands for it and is not counted twice; shipped, it is fulfilled', async () => {
    const sku = await stocked({ ber1: 5 })
    const key = `o${sku}`
    const { reservationId: id } = (await reserve([{ line: '1', sku, quantity: 3 }], { key })).body
    const tell = (type: string, data: object, subject?: string) =>
      region.call('/v1/events', {
        json: {
          specversion: '1.0',
          id: `${type}-${sku}`,
          source: 'wms',
          type,
          time: new Date().toISOString(),
          data,
          ...(subject ? { subject } : {}),
        },
        contentType: 'application/cloudevents+json',
      })
    await tell('plimsoll.order.accepted', {
      orderRef: `web:${key}`,
      channel: 'web',
      lines: [{ line: '1', sku, quantity: 3 }],
    })
    expect([await available(sku), (await region.call(`/v1/reservations/${id}`)).body]).toMatchObject([
      2,
      { status: 'confirmed' },
    ])
    await tell(
      'plimsoll.stock.shipped',
      { node: 'ber1', quantity: 3, orderRef: `web:${key}`, line: '1' },
      sku,
    )
    expect([await available(sku), (await region.call(`/v1/reservations/${id}`)).body]).toMatchObject([
      2,
      { status: 'fulfilled' },
    ])
  })
})

describe('a quote', () => {
  test('holds for long, no more than its share, and becomes an order that is not counted twice', async () => {
    await region.put('/v1/policies/hold/channel:quotes', {
      ttlSeconds: 604_800,
      ttlSecondsMax: 2_592_000,
      sharePercent: 30,
      author: 'test',
      reason: 'quotes',
    })
    const sku = await stocked({ ber1: 10 })
    const orderRef = `quotes:${sku}`
    const quote = await reserve([{ line: '1', sku, quantity: 3 }], { orderRef, channel: 'quotes' })
    expect(Date.parse(quote.body.expiresAt!) - Date.now()).toBeGreaterThan(604_000_000)
    expect(
      (await reserve([{ line: '1', sku, quantity: 1 }], { channel: 'quotes' })).body.lines,
    ).toMatchObject([{ available: 0 }])
    const tooLong = await reserve([{ line: '1', sku, quantity: 1 }], {
      channel: 'quotes',
      ttlSeconds: 2_592_001,
    })
    expect([tooLong.status, tooLong.body.errors?.[0]?.path]).toEqual([422, 'ttlSeconds'])
    const order = await region.call('/v1/orders', {
      json: { orderRef, channel: 'inside-sales', lines: [{ line: '1', sku, quantity: 3 }] },
    })
    expect(order).toMatchObject({ status: 201, body: { reservationId: quote.body.reservationId } })
    expect(await available(sku)).toBe(7)
    // The share is free again: the quote is an order of another channel now.
    expect((await reserve([{ line: '1', sku, quantity: 3 }], { channel: 'quotes' })).status).toBe(201)
    expect(await available(sku)).toBe(4)
  })
})

describe('what is not understood', () => {
  test.each([
    [
      'a line that stands twice',
      {
        lines: [
          { line: '1', sku: 'S0', quantity: 1 },
          { line: '1', sku: 'S0', quantity: 1 },
        ],
      },
      422,
      'lines.1.line',
    ],
    [
      'a field that is not ours',
      { surprise: 1, lines: [{ line: '1', sku: 'S0', quantity: 1 }] },
      422,
      'surprise',
    ],
    ['no lines', { lines: [] }, 422, 'lines'],
    ['half a unit', { lines: [{ line: '1', sku: 'S0', quantity: 0.5 }] }, 422, 'lines.0.quantity'],
    ['an unknown sku', { lines: [{ line: '1', sku: 'NOBODY', quantity: 1 }] }, 404, 'lines.0.sku'],
    [
      'an unknown node',
      { lines: [{ line: '1', sku: 'S0', quantity: 1, node: 'nowhere' }] },
      404,
      'lines.0.node',
    ],
    [
      'an unknown unit',
      { lines: [{ line: '1', sku: 'S0', quantity: 1, uom: 'BARREL' }] },
      422,
      'lines.0.uom',
    ],
    [
      'a life of a century',
      { ttlSeconds: 3_000_000_000, lines: [{ line: '1', sku: 'S0', quantity: 1 }] },
      422,
      'ttlSeconds',
    ],
  ])('%s is refused by name', async (_, { lines, ...more }, status, path) => {
    const answer = await reserve(lines as Line[], more)
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([status, path])
  })
})

describe('one hot sku', () => {
  test('of 1,000 units is sold 1,000 times to 64 clients who try 5,000 times', async () => {
    const sku = await stocked({ ber1: 600, muc1: 400 })
    const statuses = new Map<number, number>()
    let left = 5_000
    const client = async (): Promise<void> => {
      while (left-- > 0) {
        const { status } = await reserve([{ line: '1', sku, quantity: 1 }])
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: 64 }, client))
    expect(Object.fromEntries(statuses)).toEqual({ 201: 1_000, 409: 4_000 })
    await eventually(async () => (await available(sku)) === 0)
    const { body } = await region.call<{ totals: { reserved: number } }>(`/v1/positions/${sku}`)
    expect(body.totals.reserved).toBe(1_000)
  })
})
