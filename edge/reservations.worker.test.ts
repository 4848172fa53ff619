import { beforeEach, describe, expect, test } from 'vitest'
import { EdgeWorld, SHOP_KEY } from './testing/edge-world.ts'
import { hangs, held, says, type Manner } from './testing/stubbed-hubs.ts'

/** Against stubbed regions; tests/scenarios/edge-reservations.nats.test.ts has real ones. */
let world: EdgeWorld
beforeEach(async () => {
  world = await EdgeWorld.open()
  world.hubs.manners.set('eu-a.test', held).set('us-a.test', held)
})

const order = { orderRef: 'shop:1', lines: [{ line: '1', sku: 'a', quantity: 2 }] }
const send = (path: string, json?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  world.fetch(path, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${SHOP_KEY}`,
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
  })
const reserve = (more: object = {}, query = ''): Promise<Response> =>
  send(`/v1/reservations${query}`, { ...order, ...more }, { 'Idempotency-Key': 'k1' })

describe('a reservation', () => {
  test("is passed to the key's first region, for the key's channel, under the caller's key and correlation", async () => {
    const response = await send('/v1/reservations', order, {
      'Idempotency-Key': 'k1',
      'X-Correlation-Id': 'order-7',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'plimsoll-channel': 'market',
    })
    expect([response.status, await response.json()]).toEqual([
      201,
      { reservationId: 'r-1', status: 'held', lines: [] },
    ])
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    expect(world.hubs.heard).toEqual([
      {
        at: 'eu-a.test',
        method: 'POST',
        path: '/v1/reservations',
        body: { ...order, channel: 'shop' },
        headers: {
          authorization: 'Bearer key-of-the-eu-region',
          'content-type': 'application/json',
          'idempotency-key': 'k1',
          'plimsoll-channel': 'shop',
          traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
          'x-correlation-id': 'order-7',
        },
      },
    ])
  })

  test('is passed to the region that is named', async () => {
    await reserve({}, '?region=us')
    expect(world.hubs.heard.map(({ at }) => at)).toEqual(['us-a.test'])
  })

  test.each([
    ['for another channel', { channel: 'market' }, '', 403, 'forbidden'],
    ['for a segment that the key does not list', { segment: 'silver' }, '', 403, 'forbidden'],
    ['in no region', {}, '?region=mars', 404, 'unknown-region'],
    ['with a parameter that is not ours', {}, '?colour=red', 400, 'malformed'],
    ['with a channel that is none', { channel: 7 }, '', 422, 'invalid'],
  ])('%s is refused, and the region not asked', async (_, more, query, status, code) => {
    const response = await reserve(more, query)
    expect([response.status, await response.json()]).toMatchObject([status, { type: `/problems/${code}` }])
    expect(world.hubs.heard).toEqual([])
  })

  test('in a region that the key does not see is refused', async () => {
    await world.putKey('plk_eu-alone', { channel: 'shop', regions: ['eu'] })
    const headers = { Authorization: 'Bearer plk_eu-alone' }
    expect((await send('/v1/reservations?region=us', order, headers)).status).toBe(403)
  })

  test.each([
    ['not JSON', '{"lines":', 400],
    ['no object', '[]', 422],
    ['too large', JSON.stringify({ pad: 'x'.repeat(200_000) }), 413],
  ])('that is %s is refused', async (_, body, status) => {
    expect((await send('/v1/reservations', body)).status).toBe(status)
    expect(world.hubs.heard).toEqual([])
  })

  test('needs a key', async () => {
    expect((await send('/v1/reservations', order, { Authorization: 'Bearer plk_nobodys' })).status).toBe(401)
  })
})

describe('a step', () => {
  test.each([
    ['confirm', undefined, null],
    ['release', undefined, null],
    ['extend', { ttlSeconds: 60 }, { ttlSeconds: 60 }],
  ])('%s goes to the region that is named', async (step, body, heard) => {
    await send(`/v1/reservations/r-1/${step}?region=us`, body)
    expect(world.hubs.heard).toMatchObject([
      { at: 'us-a.test', method: 'POST', path: `/v1/reservations/r-1/${step}`, body: heard },
    ])
    expect(world.hubs.heard[0]!.headers).toMatchObject({ 'plimsoll-channel': 'shop' })
  })

  test('a reservation is read in its region', async () => {
    world.hubs.manners.set('eu-a.test', says('not-found'))
    const response = await world.read('/v1/reservations/r-1')
    expect([response.status, await response.json()]).toMatchObject([404, { detail: 'as the region says it' }])
  })

  test.each(['..', '.', '%2e%2e', 'r-1/../../positions', 'r 1', `${'x'.repeat(65)}`])(
    'an id that is none (%s) never gets into a path of the region',
    async (id) => {
      const response = await world.read(`/v1/reservations/${encodeURIComponent(id)}`)
      expect(response.status).toBe(404)
      expect(world.hubs.heard).toEqual([])
    },
  )
})

describe("the region's answer", () => {
  test.each([
    'insufficient-availability',
    'wrong-state',
    'idempotency-key-reused',
    'invalid',
    'malformed',
  ] as const)('%s is told as the region tells it', async (code) => {
    world.hubs.manners.set('eu-a.test', says(code))
    const response = await reserve()
    expect(response.headers.get('Content-Type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({
      type: `/problems/${code}`,
      status: response.status,
      detail: 'as the region says it',
    })
  })

  test.each<[string, Manner | null]>([
    ['is unreachable', null],
    ['hangs', hangs],
    ['is not ready', says('not-ready')],
    ['fails', says('internal')],
    ['refuses our own key', says('unauthenticated')],
    ['is hidden by something that answers in its place', () => new Response('<html>', { status: 502 })],
    ['answers what is no answer', () => new Response('<html>', { status: 200 })],
    ['leads elsewhere', () => new Response(null, { status: 302, headers: { Location: 'http://x.test' } })],
    ['talks without end', () => Response.json({ pad: 'x'.repeat(300_000) })],
  ])('when it %s is region-unavailable, to be asked again', async (_, manner) => {
    if (manner) world.hubs.manners.set('us-a.test', manner)
    else world.hubs.manners.delete('us-a.test')
    const before = performance.now()
    const response = await reserve({}, '?region=us')
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1'])
    expect(await response.json()).toMatchObject({ type: '/problems/region-unavailable', region: 'us' })
    expect(performance.now() - before).toBeLessThan(4_000)
  })

  test('of which no address is known is region-unavailable too', async () => {
    await world.anotherIsolate({ hubs: {} })
    expect((await reserve()).status).toBe(503)
  })
})

describe('a region of two processes', () => {
  test.each<[string, Manner | null]>([
    ['only stands by', says('not-the-writer')],
    ['is gone', null],
    ['hangs', hangs],
  ])('is asked at the other when the first %s, and there first from then on', async (_, manner) => {
    if (manner) world.hubs.manners.set('eu-a.test', manner)
    else world.hubs.manners.delete('eu-a.test')
    world.hubs.manners.set('eu-b.test', held)
    expect((await reserve()).status).toBe(201)
    expect((await reserve()).status).toBe(201)
    expect(world.hubs.heard.map(({ at }) => at)).toEqual(['eu-a.test', 'eu-b.test', 'eu-b.test'])
  })

  test('is unavailable when both can not answer', async () => {
    world.hubs.manners.set('eu-a.test', hangs).set('eu-b.test', says('not-the-writer'))
    expect((await reserve()).status).toBe(503)
  })
})
