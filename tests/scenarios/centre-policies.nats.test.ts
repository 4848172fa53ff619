import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PolicyBundle, PolicyDocument, PolicyReport } from '../../shared/contract/policy-bundle.ts'
import { reportsSubject } from '../../shared/contract/subjects.ts'
import { Region } from '../../shared/domain/ids.ts'
import { openCentreWords } from '../../shared/node/centre-word.ts'
import { type Bus, connectBus } from '../../shared/node/nats.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startCentral, startLeaf } from '../support/nats-servers.ts'
import { receive } from '../support/receive.ts'
import { RegionProcess } from '../support/region-process.ts'

/** A region over a real leaf link, and the words of a centre as they lie in its bucket. */

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-centre-policies-'))
let [central, leaf]: NatsServer[] = []
let region: RegionProcess
let [bus, leafBus]: Bus[] = []
let say: (bundle: PolicyBundle) => Promise<void>

beforeAll(async () => {
  central = await startCentral()
  leaf = await startLeaf({ region: 'eu', leafPort: central.leafPort })
  bus = await connectBus('centre', { servers: [central.url] })
  leafBus = await connectBus('ear', { servers: [leaf.url] })
  say = (await openCentreWords(bus)).say
  region = new RegionProcess({ region: 'eu', folder, nats: leaf.url })
  await region.start()
  await region.put('/v1/sources/wms', { role: 'wms' })
  await region.put('/v1/sources/centre', { role: 'hub' })
  await region.put('/v1/nodes/ber1', { source: 'wms' })
  await region.put('/v1/items/X', {})
  await receive(region, 'X', 100)
})

afterAll(async () => {
  await region?.stop()
  await Promise.all([bus?.close(), leafBus?.close()])
  await leaf?.stop()
  await central?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const document = (
  version: number,
  revision: number,
  body: Record<string, unknown>,
  more: Partial<PolicyDocument> = {},
): PolicyDocument => ({
  id: `policy-${more.kind ?? 'safetyStock'}-${more.scope ?? '*'}-${version}`,
  kind: 'safetyStock',
  scope: '*',
  version,
  revision,
  localChanges: 'narrower',
  body: { author: 'token:ada', reason: 'because', ...body },
  ...more,
})
const bundle = (...policies: PolicyDocument[]): PolicyBundle => ({
  format: 1,
  region: Region.parse('eu'),
  revision: Math.max(0, ...policies.map(({ revision }) => revision)),
  policies,
})
const figure = async (): Promise<number> =>
  (await region.call<{ availableToSell: number }>('/v1/availability/X')).body.availableToSell
const put = (path: string, json: object) =>
  region.call<{ type?: string; detail?: string; version?: number }>(`/v1/policies/${path}`, {
    method: 'PUT',
    json: { author: 'bob', reason: 'ours', ...json },
  })
const lastReport = async (): Promise<PolicyReport> =>
  (
    await leafBus!.jsm.streams.getMessage('REPORTS', { last_by_subj: reportsSubject('eu', 'policies') })
  ).json<PolicyReport>()

test('what the centre says is in force in seconds, as a fact of the centre', async () => {
  expect(await figure()).toBe(100)
  await say(bundle(document(1, 1, { quantity: 10 })))
  await eventually(async () => (await figure()) === 90, 3_000)
  const { body } = await region.call('/v1/policies/safetyStock/*')
  expect(body).toMatchObject({ version: 1, body: { quantity: 10, author: 'token:ada', revision: 1 } })
  await eventually(async () => (await lastReport()).revision === 1, 3_000)
  expect(await lastReport()).toMatchObject({ applied: 1, overridden: [], refused: [] })
})

test('the next version replaces it, once, and is kept in the history', async () => {
  await say(bundle(document(2, 2, { quantity: 20 })))
  await eventually(async () => (await figure()) === 80, 3_000)
  await say(bundle(document(2, 2, { quantity: 20 }), document(1, 3, { mode: 'pick' }, { kind: 'depletion' })))
  await eventually(async () => (await lastReport()).revision === 3, 3_000)
  const { body } = await region.call<{ versions: { version: number; source: string; inForce: boolean }[] }>(
    '/v1/policies/safetyStock/*/history',
  )
  expect(body.versions.map(({ version, source, inForce }) => [version, source, inForce])).toEqual([
    [2, 'plimsoll-centre', true],
    [1, 'plimsoll-centre', false],
  ])
})

test('what the centre governs is not changed here, by whichever door; what is narrower is', async () => {
  const refused = await put('safetyStock/*', { quantity: 0 })
  expect([refused.status, refused.body]).toMatchObject([
    403,
    { type: '/problems/governed-by-centre', detail: expect.stringContaining('safetyStock/*') },
  ])
  const event = {
    specversion: '1.0',
    id: 'p-1',
    source: 'centre',
    type: 'plimsoll.policy.activated',
    time: '2026-11-20T10:00:00Z',
    subject: 'safetyStock/*',
    data: { kind: 'safetyStock', scope: '*', body: { quantity: 0, author: 'eve', reason: 'no' } },
  }
  const posted = await region.call<{ results: object[] }>('/v1/events', {
    json: event,
    contentType: 'application/cloudevents+json',
  })
  expect(posted.body.results).toMatchObject([{ status: 'invalid', error: { code: 'governed-by-centre' } }])
  expect((await put('safetyStock/sku:X', { quantity: 1, revision: 99 })).status).toBe(422)
  expect((await put('safetyStock/sku:X', { quantity: 1 })).status).toBe(200)
  expect(await figure()).toBe(99)
  expect((await put('edgeFallback/*', { afterMs: 5000, action: 'serve' })).status).toBe(200)
})

test('where the centre lets nobody else speak, not even what is narrower is said here', async () => {
  await say(bundle(document(3, 4, { quantity: 30 }, { localChanges: 'none' })))
  await eventually(async () => (await lastReport()).revision === 4, 3_000)
  expect((await put('safetyStock/sku:X', { quantity: 2 })).status).toBe(403)
  expect((await put('safetyStock/sku:X,node:ber1', { quantity: 2 })).status).toBe(403)
})

test('what may be overridden is, until the centre’s next version; and the centre hears of it', async () => {
  await say(bundle(document(1, 5, { units: 5 }, { kind: 'correctionLimit', localChanges: 'all' })))
  await eventually(async () => (await lastReport()).revision === 5, 3_000)
  const ours = await put('correctionLimit/*', { units: 50 })
  expect([ours.status, ours.body.version]).toEqual([200, 2])
  await eventually(async () => (await lastReport()).overridden.length === 1, 5_000)
  expect((await lastReport()).overridden).toMatchObject([
    { kind: 'correctionLimit', scope: '*', version: 1, author: 'bob', localVersion: 2 },
  ])
  await say(bundle(document(2, 6, { units: 7 }, { kind: 'correctionLimit', localChanges: 'all' })))
  await eventually(async () => {
    const { body } = await region.call<{ body: { units: number } }>('/v1/policies/correctionLimit/*')
    return body.body.units === 7
  }, 3_000)
})

test('one that can’t be obeyed is told with its path, and keeps no other from being obeyed', async () => {
  await say(
    bundle(
      document(1, 7, { quantity: 'many' }, { scope: 'node:ber1' }),
      document(1, 7, { mode: 'never' }, { kind: 'inventions' }),
      document(1, 7, { mode: 'pick' }, { kind: 'depletion', scope: 'node:ber1' }),
      document(1, 7, { quantity: 40 }, { scope: 'node:ber1,tier:B' }),
    ),
  )
  await eventually(async () => (await lastReport()).revision === 7, 3_000)
  const { applied, refused } = await lastReport()
  expect(applied).toBe(1)
  expect(refused.map(({ kind, scope, errors }) => [kind, scope, errors[0]!.path])).toEqual([
    ['safetyStock', 'node:ber1', 'body.quantity'],
    ['inventions', '*', 'kind'],
    ['depletion', 'node:ber1', 'scope'],
  ])
})

test('ten thousand policies come into force while others are answered, and one more is in force as fast as ever', async () => {
  const many = Array.from({ length: 10_000 }, (_, n) =>
    document(1, 100, { quantity: n % 50 }, { scope: `sku:S-${n}` }),
  )
  let slowestMs = 0
  const watch = new AbortController()
  const watching = (async () => {
    while (!watch.signal.aborted) {
      const before = performance.now()
      await figure()
      slowestMs = Math.max(slowestMs, performance.now() - before)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  await say(bundle(...many))
  await eventually(async () => (await lastReport()).applied === 10_000, 30_000)
  const before = performance.now()
  await say(bundle(...many, document(5, 101, { quantity: 7 }, { scope: 'sku:X' })))
  await eventually(async () => (await figure()) === 93, 5_000)
  const oneMoreMs = performance.now() - before
  watch.abort()
  await watching
  expect({ slowestMs, oneMoreMs }).toSatisfy(() => slowestMs < 1_500 && oneMoreMs < 3_000)
}, 60_000)

test('a region that was off runs what was said meanwhile as soon as it is back; without the centre it keeps what it had', async () => {
  await region.stop()
  await say(bundle(document(6, 102, { quantity: 60 }, { scope: 'sku:X' })))
  await region.start()
  await eventually(async () => (await figure()) === 40, 5_000)
  await central!.stop()
  await region.kill9()
  await region.start()
  expect(await figure()).toBe(40)
  // It has not heard of a centre since it started: nobody is there to decide for it.
  expect((await put('safetyStock/sku:X', { quantity: 70 })).status).toBe(200)
  expect(await figure()).toBe(30)
})

test('a preview tells whose figures would change, and changes nothing', async () => {
  const asked = {
    policies: [
      { kind: 'safetyStock', scope: 'sku:X', body: { quantity: 100, author: 'a', reason: 'r' } },
      {
        kind: 'allocation',
        scope: '*',
        body: { rules: [{ class: 'b2b', ringFence: { quantity: 5 } }], author: 'a', reason: 'r' },
      },
    ],
  }
  const { status, body } = await region.call('/v1/policies:preview', { json: asked })
  expect([status, body]).toMatchObject([
    200,
    {
      skusInScope: 1,
      skusLookedAt: 1,
      skusChanged: 1,
      unitsLost: 30,
      soldOut: 1,
      changes: expect.arrayContaining([{ sku: 'X', class: null, before: 30, after: 0 }]),
    },
  ])
  expect(await figure()).toBe(30)
  const never = { policies: [{ ...asked.policies[0], scope: 'source:wms' }] }
  expect(await region.call('/v1/policies:preview', { json: never })).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'policies.0.scope' }] },
  })
})
