import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-policies-'))
let server: NatsServer
let region: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  region = new RegionProcess({ region: 'eu', folder, nats: server.url })
  await region.start()
  await region.put('/v1/items/X', {})
  await region.put('/v1/sources/centre', { role: 'hub' })
})

afterAll(async () => {
  await region?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const put = (path: string, json: object) =>
  region.call<{ type?: string; version: number; errors?: { path: string }[] }>(`/v1/policies/${path}`, {
    method: 'PUT',
    json: { author: 'ada', reason: 'miscounts', ...json },
  })
type History = {
  versions: { version: number; inForce: boolean; activatedAt: string; body: Record<string, unknown> }[]
  cursor: string | null
}
const history = async (path: string): Promise<History> =>
  (await region.call<History>(`/v1/policies/${path}/history`)).body

test('each activation of a scope is its next version, and all of them are kept over a kill', async () => {
  expect((await put('safetyStock/sku:X', { quantity: 1 })).body.version).toBe(1)
  expect((await put('safetyStock/sku:X', { quantity: 2, author: 'bob' })).body.version).toBe(2)
  expect((await put('safetyStock/*', { quantity: 7 })).body.version, 'another scope counts by itself').toBe(1)
  await region.kill9()
  await region.start()
  expect((await put('safetyStock/sku:X', { quantity: 3, version: 3 })).body.version).toBe(3)
  const { versions } = await history('safetyStock/sku:X')
  expect(
    versions.map(({ version, inForce, body }) => [version, inForce, body['quantity'], body['author']]),
  ).toEqual([
    [3, true, 3, 'ada'],
    [2, false, 2, 'bob'],
    [1, false, 1, 'ada'],
  ])
  expect(versions[0]).toMatchObject({ activatedAt: expect.any(String), body: { reason: 'miscounts' } })
  const read = await region.call('/v1/policies/safetyStock/sku:X')
  expect(read.body).toMatchObject({ kind: 'safetyStock', scope: 'sku:X', version: 3, body: { quantity: 3 } })
})

test('two that activate at once get a version each; who expects another one is refused and told', async () => {
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map((quantity) => put('safetyStock/tier:A', { quantity })),
  )
  expect(answers.map(({ body }) => body.version).sort()).toEqual([1, 2, 3, 4, 5])
  expect(await put('safetyStock/tier:A', { quantity: 9, version: 2 })).toMatchObject({
    status: 409,
    body: { type: '/problems/version-conflict', errors: [{ path: 'version' }], nextVersion: 6 },
  })
})

test('a scope has one spelling, and is found by it and by its kind', async () => {
  await put('safetyStock/tier:A,node:n1', { quantity: 4 })
  expect((await put('safetyStock/node:n1,tier:A', { quantity: 5 })).body.version).toBe(2)
  const { body } = await region.call<{ policies: { scope: string }[] }>(
    '/v1/policies?kind=safetyStock&scope=tier:A,node:n1',
  )
  expect(body.policies).toMatchObject([{ scope: 'node:n1,tier:A', version: 2, body: { quantity: 5 } }])
  const paged = await region.call<{ policies: { scope: string }[]; cursor: string }>(
    '/v1/policies?kind=safetyStock&limit=1',
  )
  const rest = await region.call<{ policies: { scope: string }[] }>(
    `/v1/policies?kind=safetyStock&cursor=${encodeURIComponent(paged.body.cursor)}`,
  )
  expect([...paged.body.policies, ...rest.body.policies].map(({ scope }) => scope)).toEqual([
    '*',
    'node:n1,tier:A',
    'sku:X',
    'tier:A',
  ])
})

test('what was never put is not there, and what can not be is refused with its path', async () => {
  expect((await region.call('/v1/policies/depletion/sku:X')).status).toBe(404)
  expect((await region.call('/v1/policies/depletion/sku:X/history')).status).toBe(404)
  expect(await put('allocation/*', { rules: [{ class: 'a' }, { class: 'a' }] })).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'rules.1.class' }] },
  })
  expect(await put('safetyStock/tier:Z', { quantity: 1 })).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'scope' }] },
  })
})

test('a policy that comes as an event is counted and checked alike; a second delivery is a duplicate', async () => {
  const event = {
    specversion: '1.0',
    id: 'p-1',
    source: 'centre',
    type: 'plimsoll.policy.activated',
    time: '2026-11-20T10:00:00Z',
    subject: 'depletion/sku:X',
    data: { kind: 'depletion', scope: 'sku:X', body: { mode: 'pick', author: 'centre', reason: 'rules' } },
  }
  const post = async (it: object) => {
    const { body } = await region.call<{ results: { status: string; error?: object }[] }>('/v1/events', {
      json: it,
      contentType: 'application/cloudevents+json',
    })
    return body.results[0]!
  }
  expect(await post(event)).toMatchObject({ status: 'accepted' })
  expect(await post(event)).toMatchObject({ status: 'duplicate' })
  expect((await history('depletion/sku:X')).versions).toMatchObject([{ version: 1, inForce: true }])
  const never = {
    ...event,
    id: 'p-2',
    subject: 'depletion/node:n1',
    data: { ...event.data, scope: 'node:n1' },
  }
  expect(await post(never)).toMatchObject({ status: 'invalid', error: { code: 'invalid-policy' } })
  expect(await post({ ...event, id: 'p-3', subject: 'depletion/*' })).toMatchObject({
    status: 'invalid',
    error: { code: 'subject-mismatch' },
  })
})

test('what is put stands, even after a source whose clock is fast', async () => {
  const ahead = new Date(Date.now() + 3_600_000).toISOString()
  await region.call('/v1/events', {
    json: {
      specversion: '1.0',
      id: 'fast-1',
      source: 'centre',
      type: 'plimsoll.item.upserted',
      time: ahead,
      subject: 'FAST',
      data: { name: 'theirs' },
    },
    contentType: 'application/cloudevents+json',
  })
  await region.put('/v1/items/FAST', { name: 'ours' })
  expect((await region.call('/v1/items/FAST')).body).toMatchObject({ name: 'ours' })
})
