import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plimsoll, writeInstallation } from '../support/plimsoll-command.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-corrections-'))
let server: NatsServer
let region: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  region = new RegionProcess({ region: 'eu', folder, nats: server.url })
  await region.start()
  await region.put('/v1/nodes/ber1', {})
  await region.put('/v1/nodes/par1', {})
  await region.put('/v1/sources/wms', { role: 'wms' })
  await region.put('/v1/items/X', {})
  await region.put('/v1/policies/correctionLimit/*', { units: 5, author: 'boss', reason: 'small ones' })
  await region.put('/v1/policies/correctionLimit/node:par1', { units: 0, author: 'boss', reason: 'theft' })
})

afterAll(async () => {
  await region?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Correction = {
  id: string
  status: string
  type?: string
  decision?: { author: string }
  waiting?: number
}
const correct = (more: object, headers: Record<string, string> = {}) =>
  region.call<Correction>('/v1/corrections', {
    json: { sku: 'X', node: 'ber1', state: 'onHand', delta: 3, reason: 'found', author: 'ada', ...more },
    headers,
  })
const step = (id: string, name: 'approve' | 'reject', author: string) =>
  region.call<Correction>(`/v1/corrections/${id}/${name}`, { json: { author } })
const onHand = async (): Promise<number> =>
  (await region.call<{ totals: { onHand: number } }>('/v1/positions/X')).body.totals.onHand

test('within the limit one person corrects alone, and the journal says who and why', async () => {
  const before = await onHand()
  const { status, body } = await correct({ delta: -5 })
  expect([status, body]).toMatchObject([201, { status: 'applied', limit: { units: 5, scope: '*' } }])
  expect(await onHand()).toBe(before - 5)
  const journal = await region.call<{ entries: { event: object; effects: object[] }[] }>(
    '/v1/journal?sku=X&limit=1',
  )
  expect(journal.body.entries[0]).toMatchObject({
    event: { type: 'plimsoll.correction.applied', data: { author: 'ada', reason: 'found' } },
    effects: [{ sku: 'X', node: 'ber1', onHand: -5 }],
  })
})

describe('above the limit', () => {
  test('it waits, over a kill too, and moves nothing until a second person approves', async () => {
    const before = await onHand()
    const { status, body } = await correct({ delta: 6 })
    expect([status, body.status]).toEqual([202, 'waiting'])
    await region.kill9()
    await region.start()
    expect(await onHand()).toBe(before)
    const list = await region.call<{ corrections: Correction[]; waiting: number }>(
      '/v1/corrections?status=waiting',
    )
    expect(list.body).toMatchObject({ waiting: 1, corrections: [{ id: body.id }] })
    expect(await step(body.id, 'approve', 'ADA')).toMatchObject({
      status: 409,
      body: { type: '/problems/same-person' },
    })
    expect(await onHand()).toBe(before)
    expect(await step(body.id, 'approve', 'bob')).toMatchObject({
      status: 200,
      body: { status: 'applied', author: 'ada', decision: { author: 'bob' } },
    })
    expect(await onHand()).toBe(before + 6)
    expect((await step(body.id, 'approve', 'bob')).status, 'a repetition changes nothing').toBe(200)
    expect(await step(body.id, 'reject', 'eve')).toMatchObject({
      status: 409,
      body: { type: '/problems/wrong-state' },
    })
    expect(await onHand()).toBe(before + 6)
  })

  test('of two who decide at once, one is heard', async () => {
    const before = await onHand()
    const { body } = await correct({ delta: 100 })
    const answers = await Promise.all([
      step(body.id, 'approve', 'bob'),
      step(body.id, 'approve', 'eve'),
      step(body.id, 'reject', 'zoe'),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect([before, before + 100]).toContain(await onHand())
  })

  test('it can be rejected, by its author too, and counts for nothing', async () => {
    const before = await onHand()
    const { body } = await correct({ node: 'par1', delta: 1 })
    expect(body).toMatchObject({ status: 'waiting', limit: { units: 0, scope: 'node:par1' } })
    expect((await step(body.id, 'reject', 'ada')).body.status).toBe('rejected')
    expect((await step(body.id, 'approve', 'bob')).status).toBe(409)
    expect(await onHand()).toBe(before)
  })

  test('a count made while it waited has seen it: approving it then corrects nothing twice', async () => {
    const { body } = await correct({ delta: 50 })
    await region.call('/v1/events', {
      json: {
        specversion: '1.0',
        id: 'count-1',
        source: 'wms',
        type: 'plimsoll.stock.counted',
        time: new Date(Date.now() + 1000).toISOString(),
        subject: 'X',
        data: { node: 'ber1', states: { onHand: 70 }, asOf: new Date(Date.now() + 1000).toISOString() },
      },
      contentType: 'application/cloudevents+json',
    })
    expect(await onHand()).toBe(70)
    await step(body.id, 'approve', 'bob')
    expect(await onHand()).toBe(70)
  })
})

test('one request is one correction, however often it is sent', async () => {
  const before = await onHand()
  const key = { 'idempotency-key': 'k-1' }
  const [first, ...again] = await Promise.all([
    correct({ state: 'damaged' }, key),
    correct({ state: 'damaged' }, key),
  ])
  expect(again[0]!.body.id).toBe(first.body.id)
  expect((await correct({ state: 'damaged' }, key)).body.id).toBe(first.body.id)
  expect(await correct({ state: 'damaged', delta: 4 }, key)).toMatchObject({
    status: 422,
    body: { type: '/problems/idempotency-key-reused' },
  })
  const { body } = await region.call<{ totals: { damaged: number } }>('/v1/positions/X')
  expect([body.totals.damaged, await onHand()]).toEqual([3, before])
})

test.each([
  ['an unknown sku', { sku: 'NOPE' }, 404, 'unknown-sku', 'sku'],
  ['an unknown node', { node: 'nowhere' }, 404, 'unknown-node', 'node'],
  ['nothing', { delta: 0 }, 422, 'delta-not-correctable', 'delta'],
  ['half a unit', { delta: 0.5 }, 422, 'delta-not-correctable', 'delta'],
  ['a state that is derived', { state: 'reserved' }, 422, 'state-not-correctable', 'state'],
  ['nobody’s word', { author: ' ' }, 422, 'invalid', 'author'],
  ['no reason', { reason: undefined }, 422, 'invalid', 'reason'],
  ['a field of its own making', { detla: 3 }, 422, 'invalid', 'detla'],
])('%s is refused by name', async (_, more, status, type, path) => {
  expect(await correct(more)).toMatchObject({
    status,
    body: { type: `/problems/${type}`, errors: [{ path }] },
  })
})

test('a correction does not come in by the door of events, whoever it says it is', async () => {
  const before = await onHand()
  const { body } = await region.call<{ results: object[] }>('/v1/events', {
    json: {
      specversion: '1.0',
      id: 'sneaky',
      source: 'plimsoll-hub',
      type: 'plimsoll.correction.applied',
      time: '2026-11-20T10:00:00Z',
      subject: 'X',
      data: { node: 'ber1', state: 'onHand', delta: 1000, author: 'eve', reason: 'mine' },
    },
    contentType: 'application/cloudevents+json',
  })
  expect(body.results).toMatchObject([{ status: 'invalid', error: { code: 'not-the-owner' } }])
  expect(await onHand()).toBe(before)
})

test('at a terminal: proposed, listed, approved; exit codes say what is left to do', async () => {
  const data = join(folder, 'installation')
  writeInstallation(data, 'eu', region.url, RegionProcess.key)
  const said = ['--sku', 'X', '--node', 'ber1', '--reason', 'recount', '--author', 'ada', '--json']
  const small = await plimsoll(data, ['corrections', 'propose', '--delta', '2', ...said])
  expect([small.code, JSON.parse(small.out)]).toMatchObject([0, { status: 'applied' }])
  const big = await plimsoll(data, ['corrections', 'propose', '--delta', '-20', ...said])
  const { id } = JSON.parse(big.out) as { id: string }
  expect(big.code).toBe(1)
  const listed = await plimsoll(data, ['corrections', 'list'])
  expect([listed.code, listed.out]).toEqual([1, expect.stringContaining(id)])
  const own = await plimsoll(data, ['corrections', 'approve', id, '--author', 'ada'])
  expect([own.code, own.err]).toEqual([1, expect.stringContaining('second person')])
  const approved = await plimsoll(data, ['corrections', 'approve', id, '--author', 'bob'])
  expect([approved.code, approved.out]).toEqual([0, expect.stringContaining('applied')])
  expect((await plimsoll(data, ['corrections', 'propose', '--delta', 'two', ...said])).code).toBe(2)
  expect((await plimsoll(data, ['corrections', 'approve', id])).code).toBe(2)
})
