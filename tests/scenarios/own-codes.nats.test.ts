import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { edi } from '../../regions/connectors/x12/given.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-own-codes-'))
let nats: NatsServer
let region: RegionProcess

beforeAll(async () => {
  nats = await startLeaf({ region: 'eu' })
  region = new RegionProcess({ region: 'eu', folder, nats: nats.url })
  await region.start()
  await region.put('/v1/nodes/n1', {})
  await region.put('/v1/sources/wms', { role: 'wms' })
  // What this one sends by the other door is X12; what it sends by ours is canonical all the same.
  await region.put('/v1/sources/edi', { role: 'edi', connector: 'x12' })
  await region.put('/v1/sources/erp', { role: 'erp' })
})

afterAll(async () => {
  await region?.stop()
  await nats?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let numbers = 0
type Result = { status: string; error?: { class: string; code: string } }
async function post(...events: object[]): Promise<Result[]> {
  const { body } = await region.call<{ results: Result[] }>('/v1/events', {
    json: events.map((it) => ({ ...EVENT, id: `o${numbers++}`, ...it })),
    contentType: 'application/cloudevents-batch+json',
  })
  return body.results
}
const EVENT = {
  specversion: '1.0',
  source: 'wms',
  type: 'plimsoll.stock.received',
  time: '2026-11-20T10:00:00Z',
}
type Position = { node: string; onHand: number; lots?: { lot: string; onHand: number }[] }
const at = async (sku: string): Promise<Position[]> =>
  (await region.call<{ nodes?: Position[] }>(`/v1/positions/${sku}`)).body.nodes ?? []
const countsByItself = (sku: string, onHand: number): Promise<unknown> =>
  eventually(async () => (await at(sku)).reduce((sum, node) => sum + node.onHand, 0) === onHand)
const open = async (source: string): Promise<number> =>
  (await region.call<{ exceptions: object[] }>(`/v1/exceptions?status=open&source=${source}`)).body.exceptions
    .length
/** The letter is settled once what it told of is on the disk: a moment after the position shows it. */
const allSettled = (source: string): Promise<unknown> => eventually(async () => (await open(source)) === 0)

describe('an event that waits for one thing alone counts by itself when that is', () => {
  test('mapped: its sku, though no sku of ours could be spelt like it', async () => {
    await region.put('/v1/items/S', {})
    expect(
      await post({ source: 'edi', subject: 'their sku 1', data: { node: 'n1', quantity: 3 } }),
    ).toMatchObject([{ status: 'invalid', error: { class: 'unknown-code', code: 'unknown-sku' } }])
    await region.put('/v1/mappings/edi', { skus: { 'their sku 1': 'S', 'their-2': 'S' } })
    await countsByItself('S', 3)
    expect(
      await post({ source: 'edi', subject: 'their-2', data: { node: 'n1', quantity: 4 } }),
    ).toMatchObject([{ status: 'accepted' }])
    await countsByItself('S', 7)
  })

  test('mapped: its node', async () => {
    await region.put('/v1/items/N', {})
    expect(await post({ source: 'edi', subject: 'N', data: { node: 'their-n', quantity: 3 } })).toMatchObject(
      [{ status: 'invalid', error: { class: 'unknown-code', code: 'unknown-node' } }],
    )
    await region.put('/v1/mappings/edi', { nodes: { 'their-n': 'n1' } })
    await countsByItself('N', 3)
  })

  test('mapped: its unit', async () => {
    await region.put('/v1/items/U', { uoms: { CASE: 12 } })
    expect(await post({ subject: 'U', data: { node: 'n1', quantity: 2, uom: 'CS' } })).toMatchObject([
      { status: 'invalid', error: { class: 'unit', code: 'unknown-unit' } },
    ])
    await region.put('/v1/mappings/wms', { uoms: { CS: 'CASE' } })
    await countsByItself('U', 24)
    await allSettled('wms')
  })

  test('put: the unit with its item, a mapped one too', async () => {
    await region.put('/v1/items/V', {})
    await post(
      { subject: 'V', data: { node: 'n1', quantity: 2, uom: 'CS' } },
      { subject: 'V', data: { node: 'n1', quantity: 1, uom: 'PAL' } },
    )
    expect(await open('wms')).toBe(2)
    await region.put('/v1/items/V', { uoms: { CASE: 10, PAL: 100 } })
    await countsByItself('V', 120)
    await allSettled('wms')
  })

  test('put: the item of a transfer that the centre forwarded', async () => {
    const data = { transfer: 'T1', from: 'far1', to: 'n1', quantity: 5 }
    const shipped = { source: 'plimsoll-centre', type: 'plimsoll.transfer.shipped', subject: 'T', data }
    expect(await post(shipped)).toMatchObject([{ status: 'invalid', error: { code: 'unknown-sku' } }])
    await region.put('/v1/items/T', {})
    await allSettled('plimsoll-centre')
    const { body } = await region.call<{ totals: { inTransit: number } }>('/v1/positions/T')
    expect(body.totals.inTransit).toBe(5)
  })
})

test('what is mapped already counts at once, by our own door too, and its lot is ours', async () => {
  await region.put('/v1/items/L', { uoms: { CASE: 12 } })
  await region.put('/v1/mappings/wms', {
    skus: { 'their-L': 'L' },
    nodes: { 'their-n': 'n1' },
    uoms: { CS: 'CASE' },
    lots: { 'LOT/7': 'L7' },
  })
  const data = { node: 'their-n', quantity: 1, uom: 'CS', lot: 'LOT/7' }
  expect(await post({ subject: 'their-L', data })).toMatchObject([{ status: 'accepted' }])
  expect(await post({ subject: 'L', data: { node: 'n1', quantity: 1, lot: 'LOT/7' } })).toMatchObject([
    { status: 'accepted' },
  ])
  expect(await at('L')).toMatchObject([{ node: 'n1', onHand: 13, lots: [{ lot: 'L7' }] }])
})

test('a mapping does not change what a code of ours means', async () => {
  await region.put('/v1/items/OURS', {})
  await region.put('/v1/items/OTHER', {})
  await region.put('/v1/mappings/wms', { skus: { OURS: 'OTHER' } })
  await post({ subject: 'OURS', data: { node: 'n1', quantity: 1 } })
  await countsByItself('OURS', 1)
})

describe('kits that come at the same time are held against each other', () => {
  const kitOf = (sku: string): object => ({ kit: [{ sku, quantity: 1 }] })

  test('in one batch of events', async () => {
    const kit = (subject: string, of: string): object => ({
      source: 'erp',
      type: 'plimsoll.item.upserted',
      subject,
      data: kitOf(of),
    })
    expect(await post(kit('E1', 'E2'), kit('E2', 'E1'))).toMatchObject([
      { status: 'accepted' },
      { status: 'invalid', error: { code: 'kit-contains-itself' } },
    ])
    expect(await post(kit('D1', 'D2'), kit('D2', 'D3'), kit('D3', 'D4'))).toMatchObject([
      { status: 'accepted' },
      { status: 'accepted' },
      { status: 'invalid', error: { code: 'kit-too-deep' } },
    ])
  })

  test('in two requests', async () => {
    const put = (sku: string, of: string) =>
      region.call(`/v1/items/${sku}`, { method: 'PUT', json: kitOf(of) })
    const answers = await Promise.all([put('P1', 'P2'), put('P2', 'P1')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422])
    expect((await put('P1', 'P3')).status, 'what was refused leaves nothing behind').toBe(200)
    expect((await put('P2', 'P1')).status).toBe(200)
  })
})

test('a GTIN that goes over to another item names that one', async () => {
  const gtin = '4006381333931'
  await region.put('/v1/items/OLD', { gtin })
  await region.put('/v1/items/OLD', {})
  await region.put('/v1/items/ZNEW', { gtin })
  expect(await post({ source: 'erp', subject: gtin, data: { node: 'n1', quantity: 2 } })).toMatchObject([
    { status: 'invalid', error: { code: 'unknown-sku' } },
  ])
  await region.put('/v1/mappings/erp', {})
  await countsByItself('ZNEW', 2)
  expect(await at('OLD')).toEqual([])
})

test('a vendor’s 2.5 KG of an item with three decimals are 2500, in whatever unit code the vendor writes', async () => {
  await region.put('/v1/items/FLOUR', { baseUom: 'KG', decimals: 3, uoms: { SACK: 25_000 } })
  await region.put('/v1/mappings/edi', { uoms: { KI: 'KG', SK: 'SACK' } })
  const shipped = (order: string, line: string): Promise<unknown> =>
    region.call('/v1/inbound/edi', {
      body: edi('945', `W06*F*${order}*20261122*S-1\n${line}`, { control: order }),
    })
  await region.put('/v1/sources/edi', { role: 'wms', connector: 'x12', defaultNode: 'n1' })
  await shipped('000000001', 'W12*CC*3*2.5**KI**VN*FLOUR')
  await countsByItself('FLOUR', -2500)
  await shipped('000000002', 'W12*CC*3*2**SK**VN*FLOUR')
  await countsByItself('FLOUR', -52_500)
})

test('an item that there is stock of keeps its base unit, however it is put', async () => {
  await region.put('/v1/items/KEPT', {})
  await region.put('/v1/items/KEPT', { baseUom: 'KG', decimals: 3 })
  await region.put('/v1/items/KEPT', {})
  await post({ subject: 'KEPT', data: { node: 'n1', quantity: 5 } })
  expect(await region.call('/v1/items/KEPT', { method: 'PUT', json: { decimals: 3 } })).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'decimals', code: 'unit-in-use' }] },
  })
  const item = { source: 'erp', type: 'plimsoll.item.upserted', subject: 'KEPT', data: { baseUom: 'KG' } }
  expect(await post(item)).toMatchObject([{ status: 'invalid', error: { code: 'unit-in-use' } }])
  const { body } = await region.call<{ refused: number }>('/v1/items:batch', {
    json: [{ sku: 'KEPT', baseUom: 'KG' }],
  })
  expect(body.refused).toBe(1)
  await region.put('/v1/items/KEPT', { name: 'still pieces', uoms: { CASE: 6 } })
})
