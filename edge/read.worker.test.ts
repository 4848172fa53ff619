import { beforeEach, describe, expect, test } from 'vitest'
import { AvailabilityAnswer, RegionsAnswer } from '../shared/contract/availability-api.ts'
import { PROBLEM_MEDIA_TYPE } from '../shared/contract/problem.ts'
import { shardOf } from '../shared/snapshot/shard-of.ts'
import { EdgeWorld, NOON, SHOP_KEY } from './testing/edge-world.ts'
import { SHARD_COUNT } from './testing/region-publisher.ts'
import { row } from './testing/snapshot-rows.ts'

let world: EdgeWorld
const rules = {
  version: 1,
  allocation: {
    '*': [
      { class: 'shop', cap: 50 },
      { class: 'shop/gold', cap: 80 },
    ],
  },
  freshForMs: { A: 5000, B: 30_000, C: 120_000 },
}
const rows = [
  row('a', 100),
  row('b/2?#%', 7),
  row('quick', 40, { tier: 'A' }),
  row('two-nodes', 30, {
    nodes: [
      { node: 'ber1', availableToSell: 10 },
      { node: 'ham1', availableToSell: 20 },
    ],
  }),
]
const first = { from: 0, to: 10, asOf: NOON, rules, rows }

beforeEach(async () => {
  world = await EdgeWorld.open()
  await world.push(first)
})

describe('a single read', () => {
  test('is an answer as the contract says, with its moment and how long it may be kept', async () => {
    world.now += 400
    const response = await world.read('/v1/availability/a', SHOP_KEY, { 'X-Correlation-Id': 'order-77' })
    expect(response.headers.get('X-Correlation-Id')).toBe('order-77')
    expect(response.headers.get('Cache-Control')).toBe('private, max-age=29')
    const body = await response.json()
    expect(AvailabilityAnswer.strict().parse(body)).toEqual({
      sku: 'a',
      region: 'eu',
      channel: 'shop',
      availableToSell: 50,
      tier: 'B',
      version: 10,
      asOf: '2026-11-23T12:00:00.000Z',
      age: 400,
      freshness: 'fresh',
      reasons: [],
    })
  })

  test('answers for the segment that the key lists', async () => {
    expect(await world.figure('/v1/availability/a?segment=gold')).toMatchObject({
      segment: 'gold',
      availableToSell: 80,
    })
  })

  test('from one node gives no more than that node has', async () => {
    expect(await world.figure('/v1/availability/two-nodes?node=ber1')).toMatchObject({
      node: 'ber1',
      availableToSell: 10,
    })
    expect(await world.figure('/v1/availability/two-nodes?node=muc1')).toMatchObject({ availableToSell: 0 })
  })

  test('takes skus with characters that mean something in a URL', async () => {
    expect(await world.figure(`/v1/availability/${encodeURIComponent('b/2?#%')}`)).toMatchObject({
      availableToSell: 7,
    })
  })

  test('that is unchanged is 304, until the figure or its standing changes', async () => {
    const etag = (await world.read('/v1/availability/a')).headers.get('ETag')!
    const again = await world.read('/v1/availability/a', SHOP_KEY, { 'If-None-Match': `"x", ${etag}` })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
    expect(again.headers.get('ETag')).toBe(etag)
    world.now += 40_000
    expect((await world.read('/v1/availability/a', SHOP_KEY, { 'If-None-Match': etag })).status).toBe(200)
  })

  test('answers HEAD with the same headers and no body', async () => {
    const init = { method: 'HEAD', headers: { Authorization: `Bearer ${SHOP_KEY}` } }
    const response = await world.fetch('/v1/availability/a', init)
    expect(response.status).toBe(200)
    expect(response.headers.get('ETag')).toMatch(/^W\//)
    expect(await response.text()).toBe('')
  })

  test('asks for at least a version or an age, and is refused when that is not to be had', async () => {
    world.now += 2000
    expect((await world.read('/v1/availability/a?minVersion=10&maxAge=2000')).status).toBe(200)
    for (const parameters of ['minVersion=11', 'maxAge=1999']) {
      const response = await world.read(`/v1/availability/a?${parameters}`)
      expect(response.status).toBe(503)
      expect(response.headers.get('Retry-After')).toBe('1')
      expect(await response.json()).toMatchObject({ type: '/problems/not-fresh-enough', version: 10 })
    }
  })

  test('that asks for a newer version than the isolate holds looks again before it refuses', async () => {
    await world.figure('/v1/availability/a')
    const warm = world.app
    await world.anotherIsolate()
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 3)] })
    world.app = warm
    world.now += 100
    expect(await world.figure('/v1/availability/a')).toMatchObject({ version: 10 })
    expect(await world.figure('/v1/availability/a?minVersion=11')).toMatchObject({
      version: 11,
      availableToSell: 3,
    })
  })
})

describe('freshness', () => {
  test('turns stale at the limit of its tier when the region goes silent, and fresh when it is heard again', async () => {
    world.now += 5001
    expect(await world.figure('/v1/availability/quick')).toMatchObject({
      freshness: 'stale',
      reasons: ['region-silent'],
      age: 5001,
    })
    expect((await world.read('/v1/availability/quick')).headers.get('Cache-Control')).toBe(
      'private, max-age=0',
    )
    expect(await world.figure('/v1/availability/a')).toMatchObject({ freshness: 'fresh', age: 5001 })
    await world.push({ from: 10, to: 10, asOf: world.now })
    expect(await world.figure('/v1/availability/quick')).toMatchObject({ freshness: 'fresh', age: 0 })
  })

  test('an answer is as old as its tier, and behind when the region speaks but holds changes back', async () => {
    world.now += 40_000
    await world.push({ from: 10, to: 11, asOf: world.now, slowAsOf: NOON })
    expect(await world.figure('/v1/availability/quick')).toMatchObject({ freshness: 'fresh', age: 0 })
    expect(await world.figure('/v1/availability/a')).toMatchObject({
      freshness: 'stale',
      reasons: ['region-behind'],
      age: 40_000,
      asOf: '2026-11-23T12:00:00.000Z',
    })
  })

  test('an asOf ahead of our clock is age 0, never less', async () => {
    await world.push({ from: 10, to: 10, asOf: NOON + 60_000 })
    expect(await world.figure('/v1/availability/a')).toMatchObject({
      age: 0,
      asOf: '2026-11-23T12:01:00.000Z',
    })
  })
})

describe('when D1 fails', () => {
  test('what is held is answered, degraded and with its true age, and fresh again afterwards', async () => {
    await world.figure('/v1/availability/a')
    world.isStoreFailing = true
    world.now += 1000
    expect(await world.figure('/v1/availability/a')).toMatchObject({
      availableToSell: 50,
      freshness: 'degraded',
      reasons: ['edge-store-unavailable'],
      age: 1000,
    })
    world.isStoreFailing = false
    world.now += 1000
    await world.figure('/v1/availability/a')
    expect(await world.figure('/v1/availability/a')).toMatchObject({ freshness: 'fresh', age: 2000 })
  })

  test('an isolate that holds nothing says 503, for one sku and for many', async () => {
    await world.anotherIsolate()
    world.isStoreFailing = true
    for (const response of [await world.read('/v1/availability/a'), await world.query({ skus: ['a'] })]) {
      expect(response.status).toBe(503)
      expect(await response.json()).toMatchObject({ type: '/problems/not-ready' })
    }
    expect((await world.fetch('/readyz')).status).toBe(503)
    world.isStoreFailing = false
    expect((await world.fetch('/readyz')).status).toBe(200)
  })
})

describe('verified reads', () => {
  const key = `shard:eu:${shardOf('a', SHARD_COUNT)}`

  test('a KV copy is used when it is the one that the head asks for', async () => {
    await world.anotherIsolate()
    await world.db.prepare('UPDATE shard SET body = ?').bind('').run()
    expect(await world.figure('/v1/availability/a')).toMatchObject({
      availableToSell: 50,
      freshness: 'fresh',
    })
  })

  test('an old value left in KV is never answered: D1 is asked instead', async () => {
    const old = await world.kv.getWithMetadata(key, 'arrayBuffer')
    await world.push({ ...first, from: 10, to: 11, rows: rows.map((was) => row(was.sku, 2)) })
    await world.kv.put(key, old.value!, { metadata: old.metadata })
    await world.anotherIsolate()
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 2, version: 11 })
  })

  test('an old value under a new mark is never answered either', async () => {
    const old = await world.kv.getWithMetadata(key, 'arrayBuffer')
    await world.push({ ...first, from: 10, to: 11, rows: rows.map((was) => row(was.sku, 2)) })
    const { metadata } = await world.kv.getWithMetadata(key)
    await world.kv.put(key, old.value!, { metadata })
    await world.anotherIsolate()
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 2, version: 11 })
  })

  test('a missing, damaged or unreachable copy is no failure', async () => {
    await world.kv.delete(key)
    await world.anotherIsolate()
    expect(await world.figure('/v1/availability/a')).toMatchObject({
      availableToSell: 50,
      freshness: 'fresh',
    })
    await world.kv.put(key, 'rubbish', { metadata: { epoch: 1, version: 10, asOf: NOON, digest: 'x' } })
    await world.anotherIsolate()
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 50 })
    world.isKvFailing = true
    await world.anotherIsolate()
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 50 })
  })

  test('when the new shard is nowhere to be had, the older copy answers with its own older moment', async () => {
    await world.figure('/v1/availability/a')
    const warm = world.app
    await world.anotherIsolate()
    world.now += 1000
    await world.push({
      ...first,
      from: 10,
      to: 11,
      asOf: world.now,
      rows: rows.map((was) => row(was.sku, 2)),
    })
    await world.kv.delete(key)
    await world.db.prepare('UPDATE shard SET body = ?').bind('').run()
    world.app = warm
    expect(await world.figure('/v1/availability/a')).toMatchObject({
      availableToSell: 50,
      version: 10,
      asOf: '2026-11-23T12:00:00.000Z',
      age: 1000,
      freshness: 'degraded',
    })
    expect((await world.read('/v1/availability/a?minVersion=11')).status).toBe(503)
  })

  test('while the head is young, memory answers alone', async () => {
    await world.figure('/v1/availability/a')
    const before = world.storeReads
    world.now += 499
    await world.figure('/v1/availability/a')
    expect(world.storeReads).toBe(before)
    world.now += 2
    await world.figure('/v1/availability/a')
    expect(world.storeReads).toBe(before + 1)
  })
})

describe('a query', () => {
  test('answers in the order asked, region by region, and an unknown sku is an entry', async () => {
    await world.push({ ...first, region: 'us', rows: [row('a', 3)], to: 4 })
    const response = await world.query({ skus: ['quick', 'a', 'nö\u0000pe', 'a'], regions: ['us', 'eu'] })
    const { results } = await response.json<{ results: Record<string, unknown>[] }>()
    expect(results.map((r) => [r.sku, r.region, r.availableToSell ?? r.error])).toEqual([
      ['quick', 'us', 'unknown-sku'],
      ['quick', 'eu', 40],
      ['a', 'us', 3],
      ['a', 'eu', 50],
      ['nö\u0000pe', 'us', 'unknown-sku'],
      ['nö\u0000pe', 'eu', 'unknown-sku'],
      ['a', 'us', 3],
      ['a', 'eu', 50],
    ])
    expect(AvailabilityAnswer.parse(results[1])).toMatchObject({ version: 10, freshness: 'fresh' })
  })

  test('a region that never pushed does not keep the other from answering', async () => {
    const { results } = await (
      await world.query({ skus: ['a'], regions: ['us', 'eu'] })
    ).json<{ results: unknown[] }>()
    expect(results).toMatchObject([
      { region: 'us', error: 'not-ready' },
      { region: 'eu', availableToSell: 50 },
    ])
  })

  test('takes a thousand skus and refuses one more', async () => {
    const skus = (count: number) => ({ skus: Array.from({ length: count }, (_, i) => `sku-${i}`) })
    expect((await (await world.query(skus(1000))).json<{ results: unknown[] }>()).results).toHaveLength(1000)
    const response = await world.query(skus(1001))
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ errors: [{ path: 'skus' }] })
  })

  test('segments and nodes count here too', async () => {
    const figureOf = async (body: object) =>
      (await (await world.query(body)).json<{ results: { availableToSell: number }[] }>()).results[0]!
        .availableToSell
    expect(await figureOf({ skus: ['a'], segment: 'gold' })).toBe(80)
    expect(await figureOf({ skus: ['two-nodes'], node: 'ham1' })).toBe(20)
  })
})

describe('bodies that are refused', () => {
  test.each<[string, number, string, Record<string, string>?]>([
    ['not JSON', 400, '{"skus":['],
    ['empty', 400, ''],
    ['not UTF-8 text at heart', 400, '\u0000'],
    ['nothing but null', 422, 'null'],
    ['no skus', 422, '{}'],
    ['an empty list', 422, '{"skus":[]}'],
    ['skus that are not texts', 422, '{"skus":[1,null,{}]}'],
    ['a sku too long', 422, JSON.stringify({ skus: ['x'.repeat(65)] })],
    ['an unknown field', 422, '{"skus":["a"],"chanel":"b2b"}'],
    ['another channel', 422, '{"skus":["a"],"channel":"amazon"}'],
    ['very deep', 422, `{"skus":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    [
      'a hundred thousand wrong entries',
      422,
      JSON.stringify({ skus: Array.from({ length: 100_000 }, () => 1) }),
    ],
    ['more than 256 kB', 413, JSON.stringify({ skus: ['a'], pad: 'x'.repeat(262_144) })],
    ['of another type', 415, 'skus=a', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['for a region outside the key', 404, '{"skus":["a"],"regions":["mars"]}'],
    ['for a segment outside the key', 403, '{"skus":["a"],"segment":"silver"}'],
  ])('%s', async (_, status, body, headers) => {
    const response = await world.query(body, headers)
    expect(response.status).toBe(status)
    expect(response.headers.get('Content-Type')).toBe(PROBLEM_MEDIA_TYPE)
    const text = await response.text()
    expect(text.length).toBeLessThan(5000)
    expect(JSON.parse(text)).toMatchObject({ status, instance: '/v1/availability/query' })
  })
})

describe('requests that are refused', () => {
  test.each([
    ['GET', '/v1/availability/nope', 404, 'unknown-sku'],
    ['GET', '/v1/availability/a?colour=red', 400, 'malformed'],
    ['GET', '/v1/availability/a?region=eu&region=us', 400, 'malformed'],
    ['GET', '/v1/availability/a?node=%00', 400, 'malformed'],
    ['GET', '/v1/availability/a?minVersion=1e3', 400, 'malformed'],
    ['GET', '/v1/availability/%E0%A4%A', 404, 'unknown-sku'],
    ['GET', '/v1/availability/a?region=mars', 404, 'unknown-region'],
    ['GET', '/v1/availability/a?segment=silver', 403, 'forbidden'],
    ['DELETE', '/v1/availability/a', 405, 'method-not-allowed'],
    ['PUT', '/v1/availability/query', 405, 'method-not-allowed'],
    ['GET', '/ingest/v1/eu', 405, 'method-not-allowed'],
    ['POST', '/v1/regions', 405, 'method-not-allowed'],
    ['GET', '/v2/anything', 404, 'not-found'],
    ['GET', '/', 404, 'not-found'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    const response = await world.fetch(path, { method, headers: { Authorization: `Bearer ${SHOP_KEY}` } })
    expect(response.status).toBe(status)
    expect(response.headers.get('Content-Type')).toBe(PROBLEM_MEDIA_TYPE)
    expect(response.headers.get('X-Correlation-Id')).toMatch(/^[0-9a-f]{24}-[0-9a-f]+$/)
    expect(await response.json()).toMatchObject({ type: `/problems/${code}`, status })
    expect(response.headers.has('Allow')).toBe(status === 405)
  })
})

describe('keys', () => {
  test('without one, or with one that is unknown or malformed, nothing is said', async () => {
    for (const key of ['', 'plk_unknown-key', 'x', `plk_${'y'.repeat(10_000)}`])
      expect((await world.read('/v1/availability/a', key)).status).toBe(401)
    expect((await world.fetch('/v1/regions')).status).toBe(401)
  })

  test("a channel can't see another's segment, nor a region that its key does not name", async () => {
    await world.putKey('plk_market-key', { channel: 'market', regions: ['eu'] })
    expect(await world.figure('/v1/availability/a', 'plk_market-key')).toMatchObject({ channel: 'market' })
    expect((await world.read('/v1/availability/a?segment=gold', 'plk_market-key')).status).toBe(403)
    expect((await world.read('/v1/availability/a?region=us', 'plk_market-key')).status).toBe(403)
    expect((await world.read('/v1/availability/a?channel=shop', 'plk_market-key')).status).toBe(400)
  })

  test('a revoked one works no longer than half a minute', async () => {
    await world.figure('/v1/availability/a')
    await world.putKey(SHOP_KEY, { channel: 'shop', regions: ['eu'], revoked: true })
    world.now += 29_999
    expect((await world.read('/v1/availability/a')).status).toBe(200)
    world.now += 1
    expect((await world.read('/v1/availability/a')).status).toBe(401)
  })
})

test('an answer says which of the centre’s policies it obeys', async () => {
  await world.push({ from: 10, to: 11, asOf: NOON, rules: { ...rules, version: 2, policies: 7 }, rows })
  expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 50, policies: 7 })
  const listed = RegionsAnswer.parse(await (await world.read('/v1/regions')).json())
  expect(listed.regions).toMatchObject([{ region: 'eu', policies: 7 }])
})

test('regions are listed with how far they have come', async () => {
  world.now += 700
  const body = RegionsAnswer.parse(await (await world.read('/v1/regions')).json())
  expect(body.regions).toEqual([
    {
      region: 'eu',
      version: 10,
      epoch: 1,
      watermark: '2026-11-23T12:00:00.000Z',
      age: 700,
      freshness: 'fresh',
    },
  ])
})

test('the OpenAPI document names every endpoint', async () => {
  const document = await (await world.fetch('/openapi.json')).json<{ openapi: string; paths: object }>()
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths)).toContain('/v1/availability/{sku}')
})
