import { beforeEach, describe, expect, test } from 'vitest'
import { IssuedKey, KeyEntry, KeysAnswer } from '../shared/contract/key-api.ts'
import { EdgeWorld, NOON, OPERATOR_KEY, SHOP_KEY } from './testing/edge-world.ts'
import { row } from './testing/snapshot-rows.ts'

let world: EdgeWorld
beforeEach(async () => {
  world = await EdgeWorld.open()
  await world.push({ from: 0, to: 10, asOf: NOON, rows: [row('a', 100)] })
})

const call = (method: string, path: string, json?: unknown, key = OPERATOR_KEY): Promise<Response> =>
  world.fetch(path, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  })
const issue = async (wanted: object): Promise<IssuedKey> =>
  IssuedKey.parse(await (await call('POST', '/v1/keys', wanted)).json())
const WANTED = { channel: 'market', regions: ['eu'], segments: ['gold'], perMinuteMax: 9, label: 'their app' }

test('a new key opens at once what it is for, and nothing else', async () => {
  const response = await call('POST', '/v1/keys', WANTED)
  expect([response.status, response.headers.get('Cache-Control')]).toEqual([201, 'no-store'])
  const { id, token, ...record } = IssuedKey.parse(await response.json())
  expect(record).toEqual({ ...WANTED, createdAt: '2026-11-23T12:00:00.000Z' })
  expect(await world.figure('/v1/availability/a?segment=gold', token)).toMatchObject({ channel: 'market' })
  expect((await world.read('/v1/availability/a?region=us', token)).status).toBe(403)
  expect(id).toMatch(/^[0-9a-f]{64}$/)
})

test('its token is kept nowhere', async () => {
  const { token } = await issue(WANTED)
  const { keys } = await world.keys.list()
  const kept = await Promise.all(keys.map(async ({ name }) => name + (await world.keys.get(name))))
  expect(keys.length).toBe(2)
  expect(kept.join('\n')).not.toContain(token.slice(4))
  expect(await (await call('GET', '/v1/keys')).text()).not.toContain(token.slice(4))
})

test('keys are listed with what they open, a page at a time', async () => {
  for (let n = 0; n < 120; n++) await issue({ ...WANTED, label: `n${n}` })
  const first = KeysAnswer.parse(await (await call('GET', '/v1/keys')).json())
  const rest = KeysAnswer.parse(
    await (await call('GET', `/v1/keys?cursor=${encodeURIComponent(first.cursor!)}`)).json(),
  )
  expect([first.keys.length, rest.keys.length, rest.cursor]).toEqual([100, 21, null])
  expect(new Set([...first.keys, ...rest.keys].map(({ label }) => label)).size).toBe(121)
})

describe('a revoked key', () => {
  test('opens nothing: where it was revoked at once, in another isolate when half a minute is over', async () => {
    const { id, token } = await issue(WANTED)
    const { app: other } = world
    await world.read('/v1/availability/a', token)
    await world.anotherIsolate()
    await world.read('/v1/availability/a', token)
    const revoked = KeyEntry.parse(await (await call('DELETE', `/v1/keys/${id}`)).json())
    expect(revoked).toMatchObject({ id, channel: 'market', revoked: true })
    expect((await world.read('/v1/availability/a', token)).status).toBe(401)
    world.app = other
    expect((await world.read('/v1/availability/a', token)).status).toBe(200)
    world.now += 30_000
    expect((await world.read('/v1/availability/a', token)).status).toBe(401)
  })

  test('stays listed, and revoking it again changes nothing', async () => {
    const { id } = await issue(WANTED)
    const first = await (await call('DELETE', `/v1/keys/${id}`)).json()
    world.now += 5_000
    expect(await (await call('DELETE', `/v1/keys/${id}`)).json()).toEqual(first)
    const { keys } = KeysAnswer.parse(await (await call('GET', '/v1/keys')).json())
    expect(keys.find((key) => key.id === id)).toEqual(first)
  })

  test('that never was is not found', async () => {
    for (const id of ['x', 'a'.repeat(64)]) expect((await call('DELETE', `/v1/keys/${id}`)).status).toBe(404)
  })
})

describe('what is refused', () => {
  test.each<[string, object, number, string]>([
    ['a region that is not there', { channel: 'm', regions: ['mars'] }, 404, 'regions.0'],
    ['no region', { channel: 'm', regions: [] }, 422, 'regions'],
    ['a channel that is none', { channel: 'm m', regions: ['eu'] }, 422, 'channel'],
    [
      'an origin with a path',
      { channel: 'm', regions: ['eu'], origins: ['https://a.b/c'] },
      422,
      'origins.0',
    ],
    ['every origin', { channel: 'm', regions: ['eu'], origins: ['*'] }, 422, 'origins.0'],
    ['a token of their own', { channel: 'm', regions: ['eu'], token: 'plk_mine' }, 422, 'token'],
    ['half a request', { channel: 'm', regions: ['eu'], perMinuteMax: 0.5 }, 422, 'perMinuteMax'],
  ])('%s', async (_, wanted, status, path) => {
    const response = await call('POST', '/v1/keys', wanted)
    expect([response.status, await response.json()]).toMatchObject([status, { errors: [{ path }] }])
  })

  test('whoever is no operator', async () => {
    for (const [method, path] of [
      ['POST', '/v1/keys'],
      ['GET', '/v1/keys'],
      ['DELETE', `/v1/keys/${'a'.repeat(64)}`],
    ] as const) {
      expect((await call(method, path, method === 'POST' ? WANTED : undefined, SHOP_KEY)).status).toBe(401)
      expect((await call(method, path, undefined, '')).status).toBe(401)
    }
  })
})
