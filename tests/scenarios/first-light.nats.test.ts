import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inboundSubject } from '../../shared/contract/subjects.ts'
import { type Bus, connectBus, newHeaders } from '../../shared/node/nats.ts'
import { EdgeProcess } from '../support/edge-process.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { eventually } from '../support/eventually.ts'
import { plimsoll, writeInstallation } from '../support/plimsoll-command.ts'
import { RegionProcess } from '../support/region-process.ts'

const epcis = (name: string): string =>
  readFileSync(new URL(`../../regions/connectors/epcis/samples/${name}`, import.meta.url), 'utf8')
const sample = (name: string): string =>
  readFileSync(new URL(`../../regions/connectors/x12/samples/${name}`, import.meta.url), 'latin1')

const WAREHOUSES = ['DALLAS', 'CHICAGO', 'PORTLAND', 'MEMPHIS', 'BALTIMORE', 'ORANGE', 'KANSAS CITY']
/** What the genuine 846 says: units by UPC, over seven warehouses. */
const INGRAM = {
  '704400095108': 1,
  '054961839292': 8,
  '013132603605': 0,
  '013132603599': 0,
  '786936812459': 233,
  '089218449696': 9,
  '827058110693': 4,
}

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-first-light-'))
let server: NatsServer
let bus: Bus
let edge: EdgeProcess
let region: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  edge = await EdgeProcess.start({ folder, regions: ['eu'] })
  region = new RegionProcess({
    region: 'eu',
    folder,
    nats: server.url,
    edgeUrl: edge.url,
    pushSecret: edge.pushSecret('eu'),
  })
  bus = await connectBus('wms', { servers: [server.url] })
  await region.start()
})

afterAll(async () => {
  await bus?.close()
  await region?.stop()
  await edge?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const applied = async (): Promise<number> => (await region.call<{ version: number }>('/readyz')).body.version

describe('a genuine X12 846', () => {
  test('waits under exceptions while its codes are unknown, and counts by itself when they are put', async () => {
    await region.put('/v1/sources/ingram', { role: '3pl' })
    const posted = await region.call<{ receipt: string }>('/v1/inbound/ingram', {
      body: sample('eskrano-846-sample.edi'),
      contentType: 'application/edi-x12',
    })
    expect(posted).toMatchObject({ status: 202, body: { receipt: expect.any(String) } })
    await eventually(async () =>
      (await openExceptions()).some(
        ({ source, class: kind }) => source === 'ingram' && kind === 'unknown-code',
      ),
    )

    for (const node of WAREHOUSES)
      await region.put(`/v1/nodes/${node.toLowerCase().replace(' ', '-')}`, { name: node, source: 'ingram' })
    await region.put('/v1/mappings/ingram', {
      nodes: Object.fromEntries(WAREHOUSES.map((it) => [it, it.toLowerCase().replace(' ', '-')])),
    })
    await region.call('/v1/items:batch', {
      json: Object.keys(INGRAM).map((upc) => ({ sku: `DVD-${upc}`, gtin: upc, tier: 'A' })),
    })

    await eventually(async () => (await openExceptions()).length === 0)
    for (const [upc, units] of Object.entries(INGRAM)) {
      await eventually(async () => (await edge.availableToSell(`DVD-${upc}`)) === units, 2_000)
    }
  })

  test('changes the edge’s answer within two seconds, and posting it twice changes nothing', async () => {
    const later = sample('eskrano-846-sample.edi')
      .replace('|000037153|0|P', '|000037154|0|P')
      .replace('IEA|1|000037153', 'IEA|1|000037154')
      .replaceAll('000033815', '000033816')
      .replaceAll('20130402|13011561', '20130403|13011561')
      .replaceAll('097|20130402', '097|20130403')
      .replace('SCH|194|EA|WH|CHICAGO', 'SCH|100|EA|WH|CHICAGO')
      .replace('QTY|33|233|EA', 'QTY|33|139|EA')
    const postedAt = performance.now()
    await region.call('/v1/inbound/ingram', { body: later, contentType: 'application/edi-x12' })
    await eventually(async () => (await edge.availableToSell('DVD-786936812459')) === 139, 2_000, 5)
    expect(performance.now() - postedAt).toBeLessThan(2_000)

    const before = await applied()
    await region.call('/v1/inbound/ingram', { body: later, contentType: 'application/edi-x12' })
    await eventually(async () =>
      /facts_duplicate\{[^}]*\} (49|[5-9]\d|\d{3,})/.test(
        await (await fetch(`${region.url}/metrics`)).text(),
      ),
    )
    expect(await applied()).toBe(before)
    expect(await edge.availableToSell('DVD-786936812459')).toBe(139)
  })
})

const event = (id: string, type: string, minute: number, data: object, sku: string) => ({
  specversion: '1.0',
  id: `${sku}-${id}`,
  source: 'wms-ber1',
  type: `plimsoll.stock.${type}`,
  time: `2026-11-20T10:0${minute}:00Z`,
  subject: sku,
  data: { node: 'ber1', ...data },
})

describe('a pick, a shipment and a count', () => {
  const story = (sku: string) => [
    event('count', 'counted', 0, { states: { onHand: 50 }, asOf: '2026-11-20T10:00:00Z' }, sku),
    event('pick', 'picked', 1, { quantity: 4, orderRef: `web:${sku}`, line: '1' }, sku),
    event('ship', 'shipped', 2, { quantity: 4, orderRef: `web:${sku}`, line: '1' }, sku),
  ]
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]

  test('sent over NATS in every order and twice, end in the same position', async () => {
    await region.put('/v1/nodes/ber1', {})
    await region.put('/v1/sources/wms-ber1', { role: 'wms' })
    const skus = orders.map((_, i) => `PERM-${i}`)
    await region.call('/v1/items:batch', { json: skus.map((sku) => ({ sku, tier: 'A' })) })
    for (const [i, order] of orders.entries()) {
      const events = story(skus[i]!)
      for (const at of [...order, ...order.toReversed()])
        await bus.js.publish(inboundSubject('eu', 'wms-ber1'), JSON.stringify(events[at]))
    }
    for (const sku of skus) {
      await eventually(async () => (await edge.availableToSell(sku)) === 46)
      const { body } = await region.call<{ nodes: object[] }>(`/v1/positions/${sku}`)
      expect(body.nodes).toMatchObject([
        { node: 'ber1', onHand: 46, picked: 0, reserved: 0, availableToSell: 46 },
      ])
    }
  })
})

describe('other ways to say it', () => {
  test('a GS1 EPCIS 2.0 document counts by lot, at the node whose GLN it names', async () => {
    await region.put('/v1/nodes/gs1-dc', { gln: '0012345111112' })
    await region.put('/v1/sources/gs1-partner', { role: '3pl' })
    await region.put('/v1/mappings/gs1-partner', { uoms: { KGM: 'EA' } })
    await region.put('/v1/items/CLASS-GOODS', { gtin: '04012345123456', tier: 'A' })
    const body = epcis('receiving-by-lot-digital-link.jsonld')
    for (let twice = 0; twice < 2; twice++)
      await region.call('/v1/inbound/gs1-partner', { body, contentType: 'application/ld+json' })
    await eventually(async () => (await edge.availableToSell('CLASS-GOODS')) === 200)
    const { body: positions } = await region.call('/v1/positions/CLASS-GOODS')
    expect(positions).toMatchObject({
      nodes: [{ node: 'gs1-dc', onHand: 200, lots: [{ lot: '998877', onHand: 200 }] }],
    })
  })

  test('a CloudEvent in NATS binary mode carries its attributes in headers', async () => {
    await region.put('/v1/items/BINARY', { tier: 'A' })
    const headers = newHeaders()
    const attributes = {
      specversion: '1.0',
      id: 'binary-1',
      source: 'wms-ber1',
      type: 'plimsoll.stock.received',
      time: '2026-11-20T10:00:00Z',
      subject: 'BINARY',
    }
    for (const [name, value] of Object.entries(attributes)) headers.set(`ce-${name}`, value)
    headers.set('content-type', 'application/json')
    await bus.js.publish(inboundSubject('eu', 'wms-ber1'), JSON.stringify({ node: 'ber1', quantity: 6 }), {
      headers,
    })
    await eventually(async () => (await edge.availableToSell('BINARY')) === 6)
  })

  test('a batch counts event by event, and what is wrong in it is kept aside', async () => {
    const [good, bad] = [
      event('good', 'received', 0, { quantity: 2 }, 'BATCH'),
      event('bad', 'received', 0, { quantity: -2 }, 'BATCH'),
    ]
    await region.put('/v1/items/BATCH', { tier: 'A' })
    await region.call('/v1/inbound/wms-ber1', {
      json: [good, bad],
      contentType: 'application/cloudevents-batch+json',
    })
    await eventually(async () => (await edge.availableToSell('BATCH')) === 2)
  })
})

describe('what can not be understood', () => {
  test.each([
    ['garbage', 'text/plain', 'hello, is this an order?'],
    ['broken X12', 'application/edi-x12', 'ISA*00*          *00*'],
    [
      'a foreign CloudEvent',
      'application/cloudevents+json',
      '{"specversion":"1.0","id":"1","source":"x","type":"com.example.order","data":{}}',
    ],
  ])('%s is kept under exceptions with its very bytes', async (_name, contentType, body) => {
    const before = new Set((await openExceptions()).map(({ id }) => id))
    await region.call('/v1/inbound/wms-ber1', { body, contentType })
    await eventually(async () => (await openExceptions()).some(({ id }) => !before.has(id)))
    const { id } = (await openExceptions()).find((it) => !before.has(it.id))!
    const kept = await region.call<{ body: string }>(`/v1/exceptions/${id}`)
    expect(Buffer.from(kept.body.body, 'base64').toString()).toBe(body)
  })

  test('what a source sends before it was put waits, and counts by itself when it is', async () => {
    const early = { ...event('early', 'received', 5, { quantity: 3 }, 'PERM-0'), source: 'early-bird' }
    const { status } = await region.call('/v1/inbound/early-bird', {
      json: early,
      contentType: 'application/cloudevents+json',
    })
    expect(status).toBe(202)
    await eventually(async () => (await openExceptions()).some(({ source }) => source === 'early-bird'))
    await region.put('/v1/sources/early-bird', { role: 'wms' })
    await eventually(async () => (await edge.availableToSell('PERM-0')) === 49)
  })
})

async function openExceptions(): Promise<{ id: string; source: string; class: string }[]> {
  const { body } = await region.call<{ exceptions: { id: string; source: string; class: string }[] }>(
    '/v1/exceptions?status=open',
  )
  return body.exceptions
}

test('an operator pauses pushes, resumes them, and has the edge rebuilt', async () => {
  const data = join(folder, 'operator')
  writeInstallation(data, 'eu', region.url, RegionProcess.key)
  const edgeCommand = async (
    ...args: string[]
  ): Promise<{ code: number | null; told: Record<string, unknown> }> => {
    const { code, out } = await plimsoll(data, ['edge', ...args, '--json'])
    return { code, told: code === 2 ? {} : (JSON.parse(out) as Record<string, unknown>) }
  }
  expect(await edgeCommand('pause')).toMatchObject({ code: 0, told: { region: 'eu', state: 'paused' } })
  expect(await edgeCommand('status')).toMatchObject({ code: 1, told: { regions: [{ state: 'paused' }] } })
  expect((await edgeCommand('rebuild')).code).toBe(1)
  expect(await edgeCommand('resume')).toMatchObject({ code: 0, told: { state: 'pushing' } })
  const rebuilt = await edgeCommand('rebuild')
  expect(rebuilt).toMatchObject({ code: 0, told: { rebuild: { done: 4, shards: 4 } } })
  expect((await edgeCommand('rebuild', '--sku', 'DVD-786936812459')).told).toMatchObject({
    rebuild: { done: 1, shards: 1 },
  })
  const unknown = await region.call('/v1/edge/rebuild', { json: { skus: ['NOBODY'] } })
  expect(unknown).toMatchObject({ status: 404, body: { type: '/problems/unknown-sku' } })
  const metrics = await (await fetch(`${region.url}/metrics`)).text()
  expect(metrics).toMatch(/plimsoll_edge_compaction\{region="eu"\} \d/)
})
