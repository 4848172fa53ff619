import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-region-api-'))
let server: NatsServer
let region: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  region = new RegionProcess({ region: 'eu', folder, nats: server.url })
  await region.start()
  await region.put('/v1/nodes/ber1', { source: 'wms-ber1' })
  await region.put('/v1/sources/wms-ber1', { role: 'wms' })
  await region.put('/v1/sources/erp-eu', { role: 'erp' })
  await region.put('/v1/items/X', { uoms: { CASE: 12 }, gtin: '4012345123456' })
})

afterAll(async () => {
  await region?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const event = (more: Record<string, unknown>): Record<string, unknown> => ({
  specversion: '1.0',
  source: 'wms-ber1',
  type: 'plimsoll.stock.received',
  time: '2026-11-20T10:00:00Z',
  subject: 'X',
  ...more,
})
const post = async (
  it: unknown,
): Promise<{ id: string; status: string; error?: { class: string; code: string } }> => {
  const { body } = await region.call<{ results: never[] }>('/v1/events', {
    json: it,
    contentType: 'application/cloudevents+json',
  })
  return body.results[0]!
}
const onHand = async (): Promise<number> => {
  const { body } = await region.call<{ totals: { onHand: number } }>('/v1/positions/X')
  return body.totals.onHand
}

describe('an event', () => {
  test('is converted exactly into base units, counted once, and a changed repetition is a conflict', async () => {
    const it = event({ id: 'case-1', data: { node: 'ber1', quantity: 2, uom: 'CASE' } })
    expect(await post(it)).toEqual({ id: 'case-1', status: 'accepted' })
    expect(await post(it)).toEqual({ id: 'case-1', status: 'duplicate' })
    expect(await post({ ...it, data: { node: 'ber1', quantity: 3, uom: 'CASE' } })).toEqual({
      id: 'case-1',
      status: 'conflict',
    })
    expect(await onHand()).toBe(24)
  })

  test('that conflicts is kept under exceptions, and replaying it leaves it open', async () => {
    const { body } = await region.call<{ exceptions: { id: string; class: string }[] }>(
      '/v1/exceptions?class=conflict',
    )
    const [letter] = body.exceptions
    const replayed = await region.call(`/v1/exceptions/${encodeURIComponent(letter!.id)}/replay`, {
      method: 'POST',
    })
    expect(replayed).toMatchObject({
      status: 200,
      body: { status: 'open', detail: expect.stringContaining('the first stands') },
    })
    expect(await onHand()).toBe(24)
  })

  test.each([
    ['a negative quantity', { data: { node: 'ber1', quantity: -1 } }, 'malformed'],
    ['no quantity of anything', { data: { node: 'ber1', quantity: 0 } }, 'malformed'],
    ['a quantity of 2^53', { data: { node: 'ber1', quantity: 2 ** 53 } }, 'malformed'],
    ['a quantity of 1e308', { data: { node: 'ber1', quantity: 1e308 } }, 'malformed'],
    ['a quantity in words', { data: { node: 'ber1', quantity: '3' } }, 'malformed'],
    ['half a unit', { data: { node: 'ber1', quantity: 2.5 } }, 'malformed'],
    ['null for a quantity', { data: { node: 'ber1', quantity: null } }, 'malformed'],
    ['a unit the item does not have', { data: { node: 'ber1', quantity: 1, uom: 'PALLET' } }, 'unit'],
    ['an unknown node', { data: { node: 'nowhere', quantity: 1 } }, 'unknown-code'],
    ['an unknown sku', { subject: 'NOPE', data: { node: 'ber1', quantity: 1 } }, 'unknown-code'],
    ['an unknown source', { source: 'nobody', data: { node: 'ber1', quantity: 1 } }, 'unknown-code'],
    [
      'a time of 1970',
      { time: '1970-01-01T00:00:00Z', data: { node: 'ber1', quantity: 1 } },
      'out-of-policy',
    ],
    [
      'a time of 2999',
      { time: '2999-01-01T00:00:00Z', data: { node: 'ber1', quantity: 1 } },
      'out-of-policy',
    ],
    [
      'a time that is none',
      { time: '2026-02-30T00:00:00Z', data: { node: 'ber1', quantity: 1 } },
      'malformed',
    ],
    ['two names for its sku', { data: { sku: 'Y', node: 'ber1', quantity: 1 } }, 'malformed'],
    ['a foreign type', { type: 'com.example.order' }, 'malformed'],
  ])('with %s is invalid, kept under exceptions, and moves nothing', async (name, more, kind) => {
    const before = await onHand()
    const result = await post(event({ id: `bad-${name}`, ...more }))
    expect(result).toMatchObject({ status: 'invalid', error: { class: kind } })
    const { body } = await region.call<{ exceptions: { class: string }[] }>('/v1/exceptions?limit=1')
    expect(body.exceptions[0]?.class).toBe(kind)
    expect(await onHand()).toBe(before)
  })

  test('of a source that does not own the node is an observation: kept, and not applied', async () => {
    const before = await onHand()
    const count = event({
      id: 'erp-1',
      source: 'erp-eu',
      type: 'plimsoll.stock.counted',
      data: { node: 'ber1', states: { onHand: 999 }, asOf: '2026-11-20T11:00:00Z' },
    })
    expect(await post(count)).toEqual({ id: 'erp-1', status: 'accepted' })
    expect(await onHand()).toBe(before)
  })
})

describe('a request that is wrong', () => {
  const bad =
    (path: string, init: Parameters<RegionProcess['call']>[1], status: number, type: string) => async () => {
      const answer = await region.call<{ type: string }>(path, init)
      expect(answer).toMatchObject({
        status,
        body: { type: `/problems/${type}`, correlationId: expect.any(String) },
      })
      expect(JSON.stringify(answer.body)).not.toMatch(/\bat .*\.ts:|node_modules/)
    }
  test(
    'of no JSON',
    bad('/v1/events', { body: '{"', contentType: 'application/cloudevents+json' }, 400, 'malformed'),
  )
  test(
    'nested 100,000 deep',
    bad(
      '/v1/events',
      { body: '['.repeat(100_000), contentType: 'application/cloudevents-batch+json' },
      400,
      'malformed',
    ),
  )
  test(
    'of another content type',
    bad('/v1/events', { body: 'x', contentType: 'text/plain' }, 415, 'unsupported-media-type'),
  )
  test(
    'of 1001 skus',
    bad(
      '/v1/availability/query',
      { json: { skus: Array.from({ length: 1001 }, () => 'X') } },
      422,
      'invalid',
    ),
  )
  test(
    'with a field of its own making',
    bad('/v1/availability/query', { json: { skus: ['X'], chanel: 'web' } }, 422, 'invalid'),
  )
  test('with a query parameter that is none', bad('/v1/availability/X?chanel=web', {}, 400, 'malformed'))
  test('for a segment of no channel', bad('/v1/availability/X?segment=gold', {}, 400, 'malformed'))
  test('for a sku that is not here', bad('/v1/availability/NOPE', {}, 404, 'unknown-sku'))
  test('for a sku with a line break in it', bad('/v1/positions/X%0D%0APUB', {}, 400, 'malformed'))
  test(
    'for a policy that can not be',
    bad(
      '/v1/policies/safetyStock/*',
      { method: 'PUT', json: { quantity: -1, author: 'a', reason: 'r' } },
      422,
      'invalid',
    ),
  )
  test(
    'for a policy with a scope that never applies',
    bad(
      '/v1/policies/depletion/node:ber1',
      { method: 'PUT', json: { mode: 'pick', author: 'a', reason: 'r' } },
      422,
      'invalid',
    ),
  )
  test('for an item in broken JSON', bad('/v1/items/Y', { method: 'PUT', body: '{' }, 400, 'malformed'))
  test(
    'for an item in plain text',
    bad('/v1/items/Y', { method: 'PUT', body: 'hello', contentType: 'text/plain' }, 400, 'malformed'),
  )
  test(
    'for a source with a subject in its name',
    bad('/v1/sources/a.b%20c', { method: 'PUT', json: { role: 'wms' } }, 400, 'malformed'),
  )

  test('without the key, or with another, is told so and nothing else', async () => {
    for (const authorization of [undefined, 'Bearer nope', 'Basic x']) {
      const response = await fetch(
        `${region.url}/v1/positions/X`,
        authorization ? { headers: { authorization } } : {},
      )
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
    }
  })
})

describe('the journal', () => {
  const about = async (
    question: string,
  ): Promise<{ status: string; version: number | null; event: { id: string }; effects: unknown }[]> =>
    (await region.call<{ entries: never[] }>(`/v1/journal?${question}`)).body.entries

  test('tells what was said of a sku, newest first, what became of it and what it moved', async () => {
    await region.put('/v1/items/TOLD', {})
    const receipt = {
      ...event({ id: 'told-1', data: { node: 'ber1', quantity: 5 } }),
      subject: 'TOLD',
      correlationid: 'why-1',
    }
    await post(receipt)
    await post(receipt)
    const [first, item, ...more] = await about('sku=TOLD')
    expect(first).toMatchObject({
      status: 'accepted',
      event: { id: 'told-1' },
      effects: [{ sku: 'TOLD', node: 'ber1', onHand: 5 }],
    })
    expect(item).toMatchObject({ status: 'accepted', effects: [] })
    expect(more, 'what says nothing new leaves no entry').toEqual([])
    expect(await about('correlationId=why-1')).toHaveLength(1)
    expect(await about('correlationId=why-2')).toEqual([])
  })

  test('goes on behind a page, and finds an order’s facts by its ref', async () => {
    const order = {
      ...event({ id: 'o-1', type: 'plimsoll.order.accepted', source: 'erp-eu' }),
      data: { orderRef: 'web:77', channel: 'web', lines: [{ line: '1', sku: 'X', quantity: 1 }] },
    }
    await post(order)
    expect(await about('orderRef=web:77')).toMatchObject([
      { event: { id: 'o-1' }, effects: [{ sku: 'X', node: null, reserved: 1 }] },
    ])
    const { body } = await region.call<{ entries: object[]; cursor: string }>('/v1/journal?limit=1')
    const next = await region.call<{ entries: object[] }>(`/v1/journal?limit=1&cursor=${body.cursor}`)
    expect(next.body.entries).not.toEqual(body.entries)
  })
})

test('an answer can be asked how it came about', async () => {
  await region.put('/v1/policies/safetyStock/*', { quantity: 4, author: 'ops', reason: 'miscounts' })
  await region.put('/v1/policies/allocation/*', {
    rules: [{ class: 'b2b/gold', ringFence: { quantity: 5 } }],
    author: 'ops',
    reason: 'contract',
  })
  const { body } = await region.call('/v1/availability/X?channel=web&explain=true')
  expect(body).toMatchObject({
    availableToSell: 14,
    explain: {
      nodes: [{ node: 'ber1', onHand: 24, sellable: 24, safetyStock: 4, demand: 0, availableToSell: 20 }],
      gross: 20,
      demandUnassigned: 1,
      pool: 19,
      rules: [{ class: 'b2b/gold' }],
      class: { class: 'web', availableToSell: 14, fence: 0, sharedLeft: 14 },
    },
  })
})

test('a source with a secret is let in by its signature, and by nothing else', async () => {
  await region.put('/v1/sources/partner', { role: 'edi', secret: 'the-secret-of-a-partner' })
  expect(JSON.stringify((await region.call('/v1/sources/partner')).body)).not.toContain('the-secret')
  const body = '{"specversion":"1.0"}'
  const send = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${region.url}/v1/inbound/partner`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/cloudevents+json', ...headers },
    })
  const signature = `sha256=${createHmac('sha256', 'the-secret-of-a-partner').update(body).digest('hex')}`
  expect((await send({ 'x-hub-signature-256': signature })).status).toBe(202)
  expect((await send({ authorization: `Bearer ${RegionProcess.key}` })).status).toBe(401)
})

test('a source is listed with what is missing of its own counter, and with the nodes of which it is silent', async () => {
  await region.put('/v1/nodes/far', { source: 'counting' })
  await region.put('/v1/nodes/near', { source: 'counting' })
  await region.put('/v1/sources/counting', { role: 'wms' })
  await region.put('/v1/policies/freshness/source:counting,node:far', {
    maxSilenceMs: 1,
    downAfterMs: 2,
    late: { action: 'serve' },
    down: { action: 'exclude' },
    reason: 'nobody counts there at night',
    author: 'ops',
  })
  for (const sequence of [4, 9, 5])
    await post(
      event({ id: `n-${sequence}`, source: 'counting', sequence, data: { node: 'near', quantity: 1 } }),
    )
  const listed = async () => {
    const { body } = await region.call<{ sources: { source: string; condition: string }[] }>('/v1/sources')
    return body.sources.find(({ source }) => source === 'counting')
  }
  await eventually(async () => (await listed())?.condition === 'down')
  expect(await listed()).toMatchObject({
    facts: 3,
    highestSequence: 9,
    missing: [{ from: 6, to: 8 }],
    nodes: [
      { node: 'far', condition: 'down', action: 'exclude' },
      { node: 'near', condition: 'fresh', action: 'serve' },
    ],
  })
  for (const sequence of [8, 7, 6])
    await post(
      event({ id: `n-${sequence}`, source: 'counting', sequence, data: { node: 'near', quantity: 1 } }),
    )
  expect(await listed()).toMatchObject({ missing: [] })
})

test('the OpenAPI document names every path the README and the contract speak of', async () => {
  const { body } = await region.call<{ openapi: string; paths: Record<string, unknown> }>('/openapi.json')
  expect(body.openapi).toBe('3.1.0')
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining([
      '/v1/events',
      '/v1/inbound/{source}',
      '/v1/items/{sku}',
      '/v1/positions/{sku}',
      '/v1/availability/{sku}',
      '/v1/availability/query',
      '/v1/exceptions',
    ]),
  )
})

test('while NATS is away a caller is told to come again, and what it sends then counts once', async () => {
  await region.put('/v1/items/AWAY', {})
  await server.kill9()
  const it = event({ id: 'away-1', subject: 'AWAY', data: { node: 'ber1', quantity: 5 } })
  const refused = await region.call<{ type: string }>('/v1/events', {
    json: it,
    contentType: 'application/cloudevents+json',
  })
  expect(refused).toMatchObject({ status: 503, body: { type: '/problems/not-ready' } })
  await server.start()
  await eventually(async () => (await fetch(`${region.url}/readyz`)).ok)
  await post(it)
  expect((await post(it)).status).toBe('duplicate')
  const { body } = await region.call<{ totals: { onHand: number } }>('/v1/positions/AWAY')
  expect(body.totals.onHand).toBe(5)
})
