import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EdgeProcess, type EdgeAnswer } from '../support/edge-process.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

/** A shop that knows only the edge: it reserves, confirms and gives back, while the region's processes come and go. */

const MARKET_KEY = 'plk_key-of-the-market'
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-edge-reservations-'))
let server: NatsServer
let edge: EdgeProcess
let writer: RegionProcess
let standby: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  const ports = [await freePort(), await freePort()]
  edge = await EdgeProcess.start({
    folder,
    regions: ['eu'],
    regionHubs: { eu: { urls: ports.map((port) => `http://127.0.0.1:${port}`), key: RegionProcess.key } },
    otherKeys: { market: MARKET_KEY },
  })
  const common = {
    region: 'eu',
    folder,
    nats: server.url,
    edgeUrl: edge.url,
    pushSecret: edge.pushSecret('eu'),
  }
  writer = new RegionProcess({ ...common, port: ports[0]! })
  standby = new RegionProcess({ ...common, port: ports[1]!, dataName: 'eu-standby' })
  await writer.start()
  await writer.put('/v1/sources/wms', { role: 'wms' })
  await writer.put('/v1/nodes/ber1', { source: 'wms' })
  await writer.put('/v1/items/A', { tier: 'A' })
  await writer.call('/v1/events', {
    json: {
      specversion: '1.0',
      id: 'e1',
      source: 'wms',
      type: 'plimsoll.stock.received',
      time: '2026-11-20T10:00:00Z',
      subject: 'A',
      data: { node: 'ber1', quantity: 100 },
    },
    contentType: 'application/cloudevents+json',
  })
  await eventually(async () => (await edge.availableToSell('A')) === 100)
})

afterAll(async () => {
  await standby?.stop()
  await writer?.stop()
  await edge?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const reserve = (
  key: string,
  quantity = 4,
  more: { key?: string; orderRef?: string } = {},
): Promise<EdgeAnswer> =>
  edge.call('/v1/reservations', {
    json: { orderRef: more.orderRef ?? `web:${key}`, lines: [{ line: '1', sku: 'A', quantity }] },
    headers: { 'Idempotency-Key': key, 'X-Correlation-Id': `of-${key}` },
    ...(more.key === undefined ? {} : { key: more.key }),
  })
const step = (id: unknown, name: string, json?: unknown, key?: string): Promise<EdgeAnswer> =>
  edge.call(`/v1/reservations/${String(id)}/${name}`, {
    method: 'POST',
    ...(json === undefined ? {} : { json }),
    ...(key === undefined ? {} : { key }),
  })

describe('through the edge', () => {
  test('an order is held, lasts longer, is confirmed and given back, and the edge’s own figure follows', async () => {
    const made = await reserve('first')
    expect([made.status, made.headers.get('X-Correlation-Id'), made.body]).toMatchObject([
      201,
      'of-first',
      { status: 'held', channel: 'web', lines: [{ line: '1', sku: 'A', quantity: 4, reserved: 4 }] },
    ])
    const id = made.body['reservationId']
    expect((await edge.get(`/v1/reservations/${String(id)}`)).body).toEqual(made.body)
    expect((await writer.call(`/v1/reservations/${String(id)}`)).body).toEqual(made.body)
    await eventually(async () => (await edge.availableToSell('A')) === 96)
    expect((await step(id, 'extend', { ttlSeconds: 3600 })).status).toBe(200)
    expect((await step(id, 'confirm')).body).toMatchObject({ status: 'confirmed' })
    expect((await step(id, 'release')).body).toMatchObject({ status: 'released' })
    expect((await step(id, 'confirm')).body).toMatchObject({ type: '/problems/wrong-state' })
    await eventually(async () => (await edge.availableToSell('A')) === 100)
  })

  test('the region’s refusals arrive as it words them', async () => {
    const short = await reserve('much', 101)
    expect([short.status, short.body]).toMatchObject([
      409,
      { type: '/problems/insufficient-availability', lines: [{ line: '1', available: 100 }] },
    ])
    const keyless = await edge.call('/v1/reservations', {
      json: { orderRef: 'web:1', lines: [{ line: '1', sku: 'A', quantity: 1 }] },
    })
    expect([keyless.status, keyless.body]).toMatchObject([400, { errors: [{ path: 'Idempotency-Key' }] }])
    const unknown = await edge.call('/v1/reservations', {
      json: { orderRef: 'web:1', surprise: 1, lines: [{ line: '1', sku: 'A', quantity: 1 }] },
      headers: { 'Idempotency-Key': 'u' },
    })
    expect([unknown.status, unknown.body]).toMatchObject([422, { errors: [{ path: 'surprise' }] }])
  })

  test('a channel neither sees nor steps what another holds, not even by its order', async () => {
    const { body } = await reserve('webs')
    const id = body['reservationId']
    const others = await Promise.all([
      edge.call(`/v1/reservations/${String(id)}`, { key: MARKET_KEY }),
      step(id, 'confirm', undefined, MARKET_KEY),
      step(id, 'release', undefined, MARKET_KEY),
      step(id, 'extend', { ttlSeconds: 60 }, MARKET_KEY),
    ])
    expect(others.map(({ status }) => status)).toEqual([404, 404, 404, 404])
    for (const quantity of [4, 5]) {
      const taken = await reserve(`markets-${quantity}`, quantity, { key: MARKET_KEY, orderRef: 'web:webs' })
      expect([taken.status, taken.body['type']]).toEqual([409, '/problems/already-reserved'])
      expect(JSON.stringify(taken.body)).not.toContain(String(id))
    }
    // The same idempotency key of another channel is another request.
    expect((await reserve('webs', 1, { key: MARKET_KEY, orderRef: 'market:1' })).status).toBe(201)
    expect((await edge.get(`/v1/reservations/${String(id)}`)).body).toMatchObject({ status: 'held' })
  })
})

test('who follows the changes hears of both tiers, and of nothing else', async () => {
  for (const sku of ['B', 'C']) await writer.put(`/v1/items/${sku}`, {})
  await eventually(async () => (await edge.availableToSell('C')) === 0)
  let cursor = String((await edge.get('/v1/changes')).body['cursor'])
  const heard = new Map<string, number>()
  const listen = async (): Promise<void> => {
    const { body } = await edge.get(`/v1/changes?since=${cursor}`)
    cursor = String(body['cursor'])
    for (const { sku, availableToSell } of body['changes'] as { sku: string; availableToSell: number }[])
      heard.set(sku, availableToSell)
  }
  const before = (await edge.availableToSell('A'))!
  await reserve('followed', 2)
  await writer.call('/v1/events', {
    json: {
      specversion: '1.0',
      id: 'e2',
      source: 'wms',
      type: 'plimsoll.stock.received',
      time: '2026-11-20T10:00:00Z',
      subject: 'B',
      data: { node: 'ber1', quantity: 7 },
    },
    contentType: 'application/cloudevents+json',
  })
  await eventually(async () => {
    await listen()
    return heard.get('B') === 7 && heard.get('A') === before - 2
  })
  expect([...heard.keys()].sort()).toEqual(['A', 'B'])
})

describe('when the region’s only process is killed', () => {
  test('the shop is told to come again, still reads figures, and gets its first answer when the region is back', async () => {
    const made = await reserve('before')
    await writer.kill9()
    for (const answer of [
      await reserve('before'),
      await edge.get(`/v1/reservations/${String(made.body['reservationId'])}`),
      await step(made.body['reservationId'], 'confirm'),
    ]) {
      expect([answer.status, answer.body['type']]).toEqual([503, '/problems/region-unavailable'])
      expect(answer.headers.get('Retry-After')).toBe('1')
    }
    expect((await edge.get('/v1/availability/A')).status).toBe(200)
    await writer.start()
    const again = await reserve('before')
    expect([again.status, again.body]).toEqual([201, made.body])
    expect((await step(made.body['reservationId'], 'confirm')).body).toMatchObject({ status: 'confirmed' })
  })

  test('one that hangs is not waited for longer than a buyer waits', async () => {
    writer.signal('SIGSTOP')
    const before = performance.now()
    const answer = await reserve('hanging')
    writer.signal('SIGCONT')
    expect([answer.status, answer.body['type']]).toEqual([503, '/problems/region-unavailable'])
    expect(performance.now() - before).toBeLessThan(4_000)
  })
})

describe('when the region has a standby', () => {
  test('the edge finds whoever writes: the standby, seconds after the writer was killed', async () => {
    await eventually(async () => (await writer.call('/readyz')).status === 200)
    await standby.start()
    const made = await reserve('handed-over')
    expect(made.status).toBe(201)
    await writer.kill9()
    await eventually(async () => (await reserve('handed-over')).status === 201, 15_000, 200)
    expect((await reserve('handed-over')).body).toEqual(made.body)
    await writer.start()
    expect((await step(made.body['reservationId'], 'confirm')).body).toMatchObject({ status: 'confirmed' })
  })
})
