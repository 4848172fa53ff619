import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GovernedPolicy, RegionPreview, RegionRun } from '../../shared/contract/governed-policy-api.ts'
import { CentreProcess } from '../support/centre-process.ts'
import { EdgeProcess } from '../support/edge-process.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { type NatsServer, startCentral, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

/** The whole way of a policy: proposed at the centre, run by two regions, obeyed by what the edge answers. */

const REGIONS = ['eu', 'us'] as const
type Name = (typeof REGIONS)[number]
/** Seconds, on a machine that does other work beside. */
const IN_FORCE_WITHIN_MS = 8_000

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-governed-'))
const regions = {} as Record<Name, RegionProcess>
const servers: NatsServer[] = []
let edge: EdgeProcess
let centre: CentreProcess

beforeAll(async () => {
  const central = await startCentral()
  servers.push(central)
  edge = await EdgeProcess.start({ folder, regions: REGIONS })
  const ports = { eu: await freePort(), us: await freePort() }
  for (const region of REGIONS) {
    const leaf = await startLeaf({ region, leafPort: central.leafPort })
    servers.unshift(leaf)
    regions[region] = new RegionProcess({
      region,
      folder,
      nats: leaf.url,
      edgeUrl: edge.url,
      pushSecret: edge.pushSecret(region),
      port: ports[region],
    })
    await regions[region].start()
    await stock(regions[region])
  }
  centre = await CentreProcess.start({
    folder,
    nats: central.url,
    regions: REGIONS.map((region) => ({
      region,
      apiUrl: `http://127.0.0.1:${ports[region]}`,
      apiKey: RegionProcess.key,
    })),
    edge: { url: edge.url, operatorKey: edge.operatorKey },
  })
  for (const region of REGIONS) await eventually(async () => (await figure(region)) === 100)
}, 120_000)

afterAll(async () => {
  await centre?.stop()
  for (const region of REGIONS) await regions[region]?.stop()
  await edge?.stop()
  for (const server of servers) await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function stock(region: RegionProcess): Promise<void> {
  await region.put('/v1/sources/wms', { role: 'wms' })
  await region.put('/v1/nodes/n1', { source: 'wms' })
  await region.put('/v1/items/X', { tier: 'A' })
  await region.call('/v1/events', {
    json: {
      specversion: '1.0',
      id: 'e1',
      source: 'wms',
      type: 'plimsoll.stock.received',
      time: '2026-11-20T10:00:00Z',
      subject: 'X',
      data: { node: 'n1', quantity: 100 },
    },
    contentType: 'application/cloudevents+json',
  })
}

const answer = async (region: Name) => (await edge.get(`/v1/availability/X?region=${region}`)).body
const figure = async (region: Name): Promise<unknown> => (await answer(region))['availableToSell']

async function post<T>(path: string, json: object): Promise<T> {
  const response = await fetch(`${centre.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CentreProcess.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(json),
    signal: AbortSignal.timeout(20_000),
  })
  const body = (await response.json()) as T
  if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`)
  return body
}

const safetyStock = { kind: 'safetyStock', scope: '*', reason: 'the season' }
async function activate(quantity: number, region: '*' | Name = '*'): Promise<GovernedPolicy> {
  const asked = { ...safetyStock, region, body: { quantity } }
  const { policy } = await post<{ policy: GovernedPolicy }>('/v1/policies', asked)
  return post<GovernedPolicy>(`/v1/policies/${policy.id}/activate`, {})
}
const runs = async (): Promise<Record<string, RegionRun>> => {
  const { regions: told } = await centre.get<{ regions: RegionRun[] }>('/v1/policies/regions')
  return Object.fromEntries(told.map((it) => [it.region, it]))
}

test('what it would change is told by the regions beforehand', async () => {
  const { regions: told } = await post<{ regions: RegionPreview[] }>('/v1/policies:preview', {
    region: '*',
    kind: 'safetyStock',
    scope: '*',
    body: { quantity: 10 },
  })
  expect(told).toMatchObject(
    REGIONS.map((region) => ({
      region,
      preview: { skusChanged: 1, unitsLost: 10, changes: [{ sku: 'X', before: 100, after: 90 }] },
    })),
  )
  expect([await figure('eu'), await figure('us')]).toEqual([100, 100])
})

test('two regions run it within seconds, the edge’s answers change, and say by which policies', async () => {
  const { revision } = await activate(10)
  const until = performance.now() + IN_FORCE_WITHIN_MS
  for (const region of REGIONS)
    await eventually(async () => (await figure(region)) === 90, until - performance.now())
  for (const region of REGIONS) expect(await answer(region)).toMatchObject({ policies: revision })
  await eventually(async () => Object.values(await runs()).every(({ isCurrent }) => isCurrent), 5_000)
  expect(await runs()).toMatchObject({
    eu: { wanted: revision, running: revision, applied: 1, overridden: [], refused: [] },
    us: { wanted: revision, running: revision, applied: 1 },
  })
})

test('one region’s own rule is for that region alone', async () => {
  await activate(30, 'us')
  await eventually(async () => (await figure('us')) === 70, IN_FORCE_WITHIN_MS)
  expect(await figure('eu')).toBe(90)
})

test('it is rolled back as fast', async () => {
  await activate(40)
  await eventually(async () => (await figure('eu')) === 60, IN_FORCE_WITHIN_MS)
  expect(await figure('us'), 'its own rule stands').toBe(70)
  const back = { ...safetyStock, region: '*', toVersion: 1, reason: 'too careful' }
  expect(await post<GovernedPolicy>('/v1/policies:rollback', back)).toMatchObject({
    version: 3,
    rollbackOf: 1,
  })
  await eventually(async () => (await figure('eu')) === 90, IN_FORCE_WITHIN_MS)
})

test('a region that was off catches up, and until then it shows which version it runs', async () => {
  await regions.eu.kill9()
  const { revision } = await activate(55)
  await eventually(async () => (await runs())['eu']!.wanted === revision)
  expect((await runs())['eu']).toMatchObject({ isCurrent: false })
  expect(await figure('eu')).toBe(90)
  await regions.eu.start()
  await eventually(async () => (await figure('eu')) === 45, IN_FORCE_WITHIN_MS)
  await eventually(async () => (await runs())['eu']!.isCurrent, 5_000)
})

test('without the centre the regions go on, and what the centre said meanwhile to nobody is said when it is back', async () => {
  await centre.kill9()
  expect(await figure('eu')).toBe(45)
  await regions.eu.kill9()
  await regions.eu.start()
  expect(
    (await regions.eu.call<{ availableToSell: number }>('/v1/availability/X')).body.availableToSell,
  ).toBe(45)
  await centre.start()
  await activate(5)
  await eventually(async () => (await figure('eu')) === 95, IN_FORCE_WITHIN_MS)
})

test('who did all this is in the audit log, and the log is intact', async () => {
  const { entries } = await centre.get<{ entries: { action: string; subject: string; actor: string }[] }>(
    '/v1/audit?limit=1000',
  )
  const asked = entries.filter(({ action }) => action === 'POST').map(({ subject }) => subject)
  expect(asked.filter((it) => it === '/v1/policies')).toHaveLength(5)
  expect(asked.filter((it) => it.endsWith('/activate'))).toHaveLength(5)
  expect(asked).toContain('/v1/policies:rollback')
  expect(await centre.get('/v1/audit/verification')).toMatchObject({ intact: true, faults: [] })
})
