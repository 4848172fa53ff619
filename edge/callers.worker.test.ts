import { beforeEach, describe, expect, test } from 'vitest'
import { EdgeWorld, NOON, OPERATOR_KEY, SHOP_KEY } from './testing/edge-world.ts'
import { row } from './testing/snapshot-rows.ts'

let world: EdgeWorld
const PAGE = 'https://shop.example'
const PAGE_KEY = 'plk_key-of-the-page'
const PATH = '/v1/availability/a'

beforeEach(async () => {
  world = await EdgeWorld.open()
  await world.push({ from: 0, to: 10, asOf: NOON, rows: [row('a', 100)] })
  await world.push({ region: 'us', from: 0, to: 4, asOf: NOON, rows: [row('a', 3)] })
  await world.putKey(PAGE_KEY, { channel: 'shop', regions: ['eu', 'us'], origins: [PAGE] })
})

describe('an operator', () => {
  test('sees what a channel is answered, of any of its segments, without its key', async () => {
    const path = '/v1/channels/shop/availability/a?region=eu'
    const answer = await world.read(path, OPERATOR_KEY)
    expect(answer.status).toBe(200)
    const shown = await answer.json<Record<string, unknown>>()
    const told = await (await world.read(`${PATH}?region=eu`)).json<Record<string, unknown>>()
    expect(shown).toEqual({ ...told, age: shown['age'] })
    expect((await world.read(`${path}&segment=gold`, OPERATOR_KEY)).status).toBe(200)
    expect((await world.read(`${path}&segments=gold`, OPERATOR_KEY)).status).toBe(400)
    expect((await world.read(path)).status, 'by the key of a channel').toBe(401)
  })
})

describe('a page in a browser', () => {
  test('asks before it asks, without a key, and is told how', async () => {
    const headers = { Origin: PAGE, 'Access-Control-Request-Method': 'GET' }
    const response = await world.fetch(PATH, { method: 'OPTIONS', headers })
    expect(response.status).toBe(204)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(PAGE)
    expect(response.headers.get('Access-Control-Allow-Methods')).toBe('GET, HEAD')
    expect(response.headers.get('Access-Control-Allow-Headers')).toContain('Authorization')
    expect(response.headers.get('Access-Control-Allow-Credentials')).toBeNull()
    const reserving = await world.fetch('/v1/reservations', { method: 'OPTIONS', headers })
    expect(reserving.headers.get('Access-Control-Allow-Methods')).toBe('POST')
  })

  test('may not push, nor ask for what only operators may', async () => {
    for (const path of ['/ingest/v1/eu', '/v1/digests', '/v1/nothing']) {
      const response = await world.fetch(path, { method: 'OPTIONS', headers: { Origin: PAGE } })
      expect([404, 405]).toContain(response.status)
      expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
    }
  })

  test('of an origin that the key lists may read the answer, a refusal too', async () => {
    for (const [path, status] of [
      [PATH, 200],
      ['/v1/availability/nope', 404],
    ] as const) {
      const response = await world.read(path, PAGE_KEY, { Origin: PAGE })
      expect(response.status).toBe(status)
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe(PAGE)
      expect(response.headers.get('Access-Control-Expose-Headers')).toContain('X-Correlation-Id')
      expect(response.headers.get('Vary')).toContain('Origin')
    }
  })

  test.each(['https://evil.example', 'http://shop.example', 'https://shop.example.evil.example', 'null'])(
    'of another origin (%s) is refused',
    async (origin) => {
      const response = await world.read(PATH, PAGE_KEY, { Origin: origin })
      expect(response.status).toBe(403)
      expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull()
    },
  )

  test('with a key that is not for pages gets an answer that no browser shows it', async () => {
    const response = await world.read(PATH, SHOP_KEY, { Origin: PAGE })
    expect([response.status, response.headers.get('Access-Control-Allow-Origin')]).toEqual([200, null])
  })
})

describe('a key that asks too often', () => {
  test('is told when to come again, and no other key is', async () => {
    await world.putKey('plk_slow-key', { channel: 'shop', regions: ['eu'], perMinuteMax: 3 })
    for (let n = 0; n < 3; n++) expect((await world.read(PATH, 'plk_slow-key')).status).toBe(200)
    world.now += 20_500
    const response = await world.read('/v1/regions', 'plk_slow-key')
    expect([response.status, response.headers.get('Retry-After')]).toEqual([429, '40'])
    expect(await response.json()).toMatchObject({ type: '/problems/too-many-requests' })
    expect((await world.read(PATH)).status).toBe(200)
    world.now += 39_500
    expect((await world.read(PATH, 'plk_slow-key')).status).toBe(200)
  })

  test('is counted on although it was looked up anew meanwhile', async () => {
    await world.putKey('plk_slow-key', { channel: 'shop', regions: ['eu'], perMinuteMax: 1 })
    expect((await world.read(PATH, 'plk_slow-key')).status).toBe(200)
    world.now += 31_000
    expect((await world.read(PATH, 'plk_slow-key')).status).toBe(429)
  })

  test('is refused by what the account binds, from the next request on; one that fails limits nobody', async () => {
    const asked: string[] = []
    const limiter = { limit: async ({ key }: { key: string }) => ({ success: asked.push(key) <= 2 }) }
    await world.anotherIsolate({ limiter })
    const statuses: number[] = []
    for (let n = 0; n < 5; n++) statuses.push((await world.read(PATH)).status)
    expect(statuses).toEqual([200, 200, 200, 429, 429])
    expect(new Set(asked).size).toBe(1)
    expect(asked[0]).toMatch(/^[0-9a-f]{64}$/)
    world.now += 2_000
    expect((await world.read(PATH)).status).toBe(200)
    await world.anotherIsolate({ limiter: { limit: () => Promise.reject(new Error('out')) } })
    for (let n = 0; n < 3; n++) expect((await world.read(PATH)).status).toBe(200)
    expect(world.logged).toContain('rate-limiter-unavailable')
  })
})

describe('where several regions could be meant', () => {
  const places = { countries: { GB: 'us' }, continents: { EU: 'eu', NA: 'us', SA: 'apac' } } as never
  const from = async (cf: CfProperties, path = PATH, key = SHOP_KEY): Promise<string> => {
    const response = await world.fetch(path, { headers: { Authorization: `Bearer ${key}` }, cf })
    return (await response.json<{ region: string }>()).region
  }

  test("it is the one near the caller: by country, then by continent, else the key's first", async () => {
    await world.anotherIsolate({ places })
    expect(await from({ country: 'GB', continent: 'EU' })).toBe('us')
    expect(await from({ country: 'CA', continent: 'NA' })).toBe('us')
    expect(await from({ country: 'DE', continent: 'EU' })).toBe('eu')
    expect(await from({ country: 'BR', continent: 'SA' })).toBe('eu')
    expect(await from({})).toBe('eu')
    expect(await from({ continent: 'NA' }, `${PATH}?region=eu`)).toBe('eu')
  })

  test('never one that the key does not see, nor another for a reservation', async () => {
    await world.anotherIsolate({ places })
    await world.putKey('plk_eu-alone', { channel: 'shop', regions: ['eu'] })
    expect(await from({ continent: 'NA' }, PATH, 'plk_eu-alone')).toBe('eu')
    await world.fetch('/v1/reservations/r-1', {
      headers: { Authorization: `Bearer ${SHOP_KEY}` },
      cf: { continent: 'NA' },
    } as RequestInit)
    expect(world.hubs.heard.map(({ at }) => at)).toEqual(['eu-a.test', 'eu-b.test'])
  })

  test('without a map of places it is the first', async () => {
    expect(await from({ continent: 'NA' })).toBe('eu')
  })
})
