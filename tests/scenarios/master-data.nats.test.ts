import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImportAnswer } from '../../shared/contract/import-rows.ts'
import type { Problem } from '../../shared/contract/problem.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { plimsoll, writeInstallation } from '../support/plimsoll-command.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-master-data-'))
let nats: NatsServer
let region: RegionProcess

beforeAll(async () => {
  nats = await startLeaf({ region: 'eu' })
  region = new RegionProcess({ region: 'eu', folder, nats: nats.url })
  await region.start()
  await region.put('/v1/nodes/ber1', { source: 'wms' })
  await region.put('/v1/sources/wms', { role: 'wms' })
  await region.put('/v1/sources/erp', { role: 'erp' })
  await region.put('/v1/items/X', { uoms: { CASE: 12, LB: { numerator: 453, denominator: 100 } } })
})

afterAll(async () => {
  await region?.stop()
  await nats?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let numbers = 0
type Result = { status: string; error?: { class: string; code: string } }
/** As bytes, so that what JSON can't say can be sent too. */
async function send(
  text: string,
): Promise<{ status: number; result: Result | undefined; type: string | undefined }> {
  const { status, body } = await region.call<{ results?: Result[]; type?: string }>('/v1/events', {
    body: text,
    contentType: 'application/cloudevents+json',
  })
  return { status, result: body.results?.[0], type: body.type }
}
const eventText = (type: string, subject: string, data: string, more: object = {}): string =>
  JSON.stringify({
    specversion: '1.0',
    id: `m${numbers++}`,
    source: 'wms',
    type: `plimsoll.${type}`,
    time: '2026-11-20T10:00:00Z',
    subject,
    ...more,
    data: '(data)',
  }).replace('"(data)"', data)
const positions = async (): Promise<unknown> => (await region.call('/v1/positions/X')).body
const batch = async (kind: string, body: string, contentType: string, query = '') =>
  region.call<ImportAnswer & Problem>(`/v1/${kind}:batch${query}`, { method: 'POST', body, contentType })

describe('what is hostile is refused by name, and moves nothing', () => {
  test.each([
    ['-1', 'malformed', 'invalid-event'],
    ['0', 'malformed', 'invalid-event'],
    ['9007199254740992', 'malformed', 'invalid-event'],
    ['1e308', 'malformed', 'invalid-event'],
    ['1e999', 'malformed', 'invalid-event'],
    ['"NaN"', 'malformed', 'invalid-event'],
    ['"3"', 'malformed', 'invalid-event'],
    ['2.5', 'malformed', 'invalid-event'],
    ['null', 'malformed', 'invalid-event'],
    ['[3]', 'malformed', 'invalid-event'],
  ])('a quantity of %s', async (quantity, kind, code) => {
    const before = await positions()
    const { result } = await send(eventText('stock.received', 'X', `{"node":"ber1","quantity":${quantity}}`))
    expect(result).toMatchObject({ status: 'invalid', error: { class: kind, code } })
    expect(await positions()).toEqual(before)
  })

  test('a bare NaN is no JSON', async () => {
    expect(await send(eventText('stock.received', 'X', '{"node":"ber1","quantity":NaN}'))).toMatchObject({
      status: 400,
      type: '/problems/malformed',
    })
  })

  test.each([
    [
      'an unknown unit',
      'stock.received',
      'X',
      { node: 'ber1', quantity: 1, uom: 'BARREL' },
      {},
      'unit',
      'unknown-unit',
    ],
    [
      'a unit that does not come out whole',
      'stock.received',
      'X',
      { node: 'ber1', quantity: 1, uom: 'LB' },
      {},
      'unit',
      'not-exact',
    ],
    [
      'a unit that is too much',
      'stock.received',
      'X',
      { node: 'ber1', quantity: 999_999_999_999, uom: 'CASE' },
      {},
      'unit',
      'out-of-range',
    ],
    [
      'an event of 1970',
      'stock.received',
      'X',
      { node: 'ber1', quantity: 1 },
      { time: '1970-01-01T00:00:00Z' },
      'out-of-policy',
      'time-out-of-range',
    ],
    [
      'an event of 2999',
      'stock.received',
      'X',
      { node: 'ber1', quantity: 1 },
      { time: '2999-01-01T00:00:00Z' },
      'out-of-policy',
      'time-out-of-range',
    ],
    [
      'a kit of itself',
      'item.upserted',
      'K',
      { kit: [{ sku: 'K', quantity: 1 }] },
      { source: 'erp' },
      'malformed',
      'kit-contains-itself',
    ],
    [
      'a circular map',
      'mapping.upserted',
      'wms',
      { skus: { A: 'B', B: 'A' } },
      { source: 'plimsoll-hub' },
      'malformed',
      'mapping-circular',
    ],
    [
      'a policy of a scope that it does not have',
      'policy.activated',
      'atp/node:ber1',
      {
        kind: 'atp',
        scope: 'node:ber1',
        body: { horizonDays: 3, receiptConfidencePercent: 9, author: 'a', reason: 'r' },
      },
      { source: 'plimsoll-hub' },
      'malformed',
      'invalid-policy',
    ],
    [
      'a policy that contradicts itself',
      'policy.activated',
      'freshness/*',
      {
        kind: 'freshness',
        scope: '*',
        body: {
          maxSilenceMs: 9,
          downAfterMs: 3,
          late: { action: 'serve' },
          down: { action: 'serve' },
          author: 'a',
          reason: 'r',
        },
      },
      { source: 'plimsoll-hub' },
      'malformed',
      'invalid-event',
    ],
  ])('%s', async (_, type, subject, data, more, kind, code) => {
    const before = await positions()
    const { result } = await send(eventText(type, subject, JSON.stringify(data), more))
    expect(result).toMatchObject({ status: 'invalid', error: { class: kind, code } })
    expect(await positions()).toEqual(before)
  })

  test('the bytes of all of these are kept', async () => {
    const { body } = await region.call<{ exceptions: { id: string }[] }>(
      '/v1/exceptions?status=open&limit=100',
    )
    const { body: one } = await region.call<{ body: string }>(`/v1/exceptions/${body.exceptions[0]!.id}`)
    expect(body.exceptions.length).toBeGreaterThanOrEqual(19)
    expect(JSON.parse(Buffer.from(one.body, 'base64').toString())).toMatchObject({ specversion: '1.0' })
  })

  test.each([
    ['items/K', { kit: [{ sku: 'K', quantity: 1 }] }, 'kit-contains-itself'],
    ['items/K', { substitutes: ['K'] }, 'substitute-itself'],
    ['items/K', { uoms: { EA: 2 } }, 'unit-contradictory'],
    ['mappings/wms', { uoms: { CS: 'CASE', CASE: 'CS' } }, 'mapping-circular'],
    [
      'policies/atp/node:ber1',
      { horizonDays: 3, receiptConfidencePercent: 9, author: 'a', reason: 'r' },
      'invalid-policy',
    ],
  ])('PUT %s', async (path, json, code) => {
    const { status, body } = await region.call<Problem>(`/v1/${path}`, { method: 'PUT', json })
    expect([status, body.errors?.[0]?.code]).toEqual([422, code])
  })
})

test('a wrong check digit is told, and taken', async () => {
  const { body } = await region.call<{ gtin: string; warnings: object[] }>('/v1/items/G', {
    method: 'PUT',
    json: { gtin: '4012345123457' },
  })
  expect(body).toMatchObject({ gtin: '04012345123457', warnings: [{ code: 'check-digit', path: 'gtin' }] })
  expect((await region.call('/v1/items/G')).body).toEqual(body)
})

describe('many rows', () => {
  test('of CSV count one by one; the bad ones are named by their line; a dry run changes nothing', async () => {
    const csv = [
      'sku,name,uoms,kit,value',
      'C1,"One, with a comma",CASE=12;LB=453/100,,995',
      'C2,,,C1=2,',
      'C3,,CASE=twelve,,',
      'C4,,,C4=1,',
      'has blank,,,,1.5',
      'C5,,,C6=1,',
      'C6,,,,7',
    ].join('\n')
    const dry = await batch('items', csv, 'text/csv', '?dryRun=true')
    expect(dry.body).toMatchObject({ accepted: 4, refused: 3, dryRun: true })
    expect((await region.call('/v1/items/C1')).status).toBe(404)
    const { body } = await batch('items', csv, 'text/csv')
    expect(body).toMatchObject({ accepted: 4, refused: 3, dryRun: false })
    expect(body.errors.map(({ row, path, code }) => [row, path, code])).toEqual([
      [4, 'uoms.CASE', undefined],
      [5, 'kit.0.sku', 'kit-contains-itself'],
      [6, 'value', undefined],
      [6, 'sku', undefined],
    ])
    expect((await region.call('/v1/items/C1')).body).toMatchObject({
      name: 'One, with a comma',
      uoms: { CASE: 12, LB: { numerator: 453, denominator: 100 } },
      value: 995,
    })
    expect((await region.call('/v1/items/C5')).body).toMatchObject({ kit: [{ sku: 'C6', quantity: 1 }] })
  })

  test('fifty thousand of them, while others are answered', { timeout: 120_000 }, async () => {
    const csv = ['sku,value', ...Array.from({ length: 50_000 }, (_, i) => `MANY-${i},${i}`)].join('\n')
    const state = { done: false }
    let slowestMs = 0
    const importing = batch('items', csv, 'text/csv').finally(() => (state.done = true))
    while (!state.done) {
      const at = performance.now()
      await region.call('/v1/positions/X')
      slowestMs = Math.max(slowestMs, performance.now() - at)
    }
    expect((await importing).body).toMatchObject({ accepted: 50_000, refused: 0, errors: [], warnings: [] })
    expect((await region.call('/v1/items/MANY-49999')).body).toMatchObject({ value: 49_999 })
    // Some 70 ms on a machine that does nothing else; the tests run on busy ones.
    expect(slowestMs).toBeLessThan(5_000)
  })

  test('that are none, or that stand twice, or speak of what is not there, are told by their line', async () => {
    const { body } = await batch(
      'items',
      'sku,name,kit\nR1,one\nR2,two,R9=1\nR3,a,,b\nR2,again,R4=2\nR4,,\n',
      'text/csv',
      '?dryRun=true',
    )
    expect(body.errors.map(({ row, code }) => [row, code])).toEqual([
      [2, 'row-length'],
      [4, 'row-length'],
    ])
    expect(body.warnings.map(({ row, path, code }) => [row, path, code])).toEqual([[5, 'sku', 'row-twice']])
    expect(body).toMatchObject({ accepted: 3, refused: 2, errorsTotal: 2, warningsTotal: 1 })
    const lines = ['{"sku":"R5","kit":[{"sku":"R9","quantity":1}]}', '', 'oh', '{"sku":"R6","tier":"Z"}']
    const { body: told } = await batch('items', lines.join('\n'), 'application/x-ndjson', '?dryRun=true')
    expect(told.errors.map(({ row, path, code }) => [row, path, code])).toEqual([
      [3, '', 'not-json'],
      [4, 'tier', undefined],
    ])
    expect(told.warnings).toMatchObject([{ row: 1, path: 'kit.0.sku', code: 'unknown-item' }])
  })

  test('of which every one is wrong give the first of their faults, and how many there are', async () => {
    const csv = ['sku,value', ...Array.from({ length: 5_000 }, (_, i) => `W${i},much`)].join('\n')
    const { body } = await batch('items', csv, 'text/csv')
    expect([body.errors.length, body.errorsTotal, body.refused, body.accepted]).toEqual([500, 5000, 5000, 0])
  })

  test('of codes add to what is mapped', async () => {
    await region.put('/v1/mappings/erp', { skus: { old: 'X' } })
    const { body } = await batch(
      'mappings',
      'source,kind,theirs,ours\nerp,sku,new,X\nerp,lot,their-lot,our-lot\nerp,shoe,a,b',
      'text/csv',
    )
    expect(body).toMatchObject({ accepted: 2, refused: 1, errors: [{ row: 4, path: 'shoe' }] })
    expect((await region.call('/v1/mappings/erp')).body).toEqual({
      skus: { old: 'X', new: 'X' },
      lots: { 'their-lot': 'our-lot' },
    })
  })

  test('what is no such body is refused', async () => {
    expect((await batch('items', 'sku\n"open', 'text/csv')).status).toBe(400)
    expect((await batch('items', '{', 'application/json')).status).toBe(400)
    expect((await batch('items', '{}', 'application/json')).status).toBe(422)
    expect((await batch('items', '[]', 'text/plain')).status).toBe(415)
    expect((await batch('items', '[]', 'application/json', '?dry=1')).status).toBe(400)
    const tooMany = ['sku', ...Array.from({ length: 50_001 }, (_, i) => `T${i}`)].join('\n')
    expect((await batch('items', tooMany, 'text/csv')).status).toBe(413)
  })
})

describe('a source that speaks its own codes', () => {
  const inbound = (data: object, subject: string) =>
    region.call('/v1/inbound/own', {
      body: eventText('stock.received', subject, JSON.stringify(data), { source: 'own' }),
      contentType: 'application/cloudevents+json',
    })
  const at = async (sku: string) =>
    (
      await region.call<{ nodes?: { node: string; onHand: number; lots?: { lot: string }[] }[] }>(
        `/v1/positions/${sku}`,
      )
    ).body.nodes ?? []

  test('waits while its sku, node or unit is unknown, and counts by itself when the map comes; its lots become ours', async () => {
    await region.put('/v1/sources/own', { role: 'wms' })
    await region.put('/v1/nodes/own1', { source: 'own' })
    await region.put('/v1/items/OWN', { uoms: { CASE: 12 } })
    await inbound({ node: 'their-node', quantity: 2, uom: 'CS', lot: 'their-lot' }, 'their-sku')
    await eventually(async () => {
      const { body } = await region.call<{ exceptions: object[] }>('/v1/exceptions?status=open&source=own')
      return body.exceptions.length === 1
    })
    expect(await at('OWN')).toEqual([])
    await region.put('/v1/mappings/own', {
      nodes: { 'their-node': 'own1' },
      lots: { 'their-lot': 'our-lot' },
    })
    await region.put('/v1/mappings/own', {
      skus: { 'their-sku': 'OWN' },
      nodes: { 'their-node': 'own1' },
      uoms: { CS: 'CASE' },
      lots: { 'their-lot': 'our-lot' },
    })
    await eventually(async () => (await at('OWN')).length === 1)
    expect(await at('OWN')).toMatchObject([{ node: 'own1', onHand: 24, lots: [{ lot: 'our-lot' }] }])
  })
})

test('what was read can be put back as it is: remarks are dropped, and a secret stays what it was', async () => {
  await region.put('/v1/sources/sealed', {
    role: 'edi',
    defaultNode: 'nowhere',
    secret: 'a-secret-of-sixteen',
  })
  const { body } = await region.call('/v1/sources/sealed')
  expect(body).toMatchObject({ warnings: [{ code: 'unknown-node', path: 'defaultNode' }] })
  await region.put('/v1/sources/sealed', body)
  const signature = createHmac('sha256', 'a-secret-of-sixteen').update('x').digest('hex')
  const sent = await fetch(`${region.url}/v1/inbound/sealed`, {
    method: 'POST',
    body: 'x',
    headers: { 'x-hub-signature-256': `sha256=${signature}` },
  })
  expect(sent.status).toBe(202)
})

describe('at a terminal', () => {
  const data = join(folder, 'installation')
  const file = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  beforeAll(() => writeInstallation(data, 'eu', region.url, RegionProcess.key))

  test('a file is tried, then put; what is wrong is told by its line, and written down', async () => {
    const good = file('good.csv', 'sku,name,uoms\nT1,one,CASE=12;PAL=480\nT2,"two\nlines",\n')
    const dry = await plimsoll(data, ['import', 'items', good, '--dry-run'])
    expect([dry.code, dry.out]).toEqual([0, expect.stringContaining('2 of 2 rows would count')])
    expect((await region.call('/v1/items/T1')).status).toBe(404)
    expect((await plimsoll(data, ['import', 'items', good, '--region', 'eu'])).code).toBe(0)
    expect((await region.call('/v1/items/T1')).body).toMatchObject({ uoms: { CASE: 12, PAL: 480 } })

    const rows = Array.from({ length: 10_005 }, (_, i) => `TT${i},${i === 10_003 ? 'dear' : i}`)
    const long = file('long.csv', ['sku,value', ...rows].join('\n'))
    const errors = join(folder, 'errors.csv')
    const told = await plimsoll(data, ['import', 'items', long, '--json', '--errors', errors])
    expect([told.code, JSON.parse(told.out)]).toMatchObject([
      1,
      { accepted: 10_004, refused: 1, errors: [{ row: 10_005, path: 'value' }] },
    ])
    expect(readFileSync(errors, 'utf8')).toMatch(
      /^severity,row,field,code,what\nerror,10005,"value",,".+"\n$/,
    )
  })

  test('JSON and JSON lines are taken alike; wrong usage is told apart from wrong rows', async () => {
    const lines = file('nodes.ndjson', '{"node":"t-n1"}\n{"node":"t n2"}\n')
    const told = await plimsoll(data, ['import', 'nodes', lines, '--json'])
    expect([told.code, JSON.parse(told.out)]).toMatchObject([1, { accepted: 1, errors: [{ row: 2 }] }])
    const array = file('sources.json', '[{"source":"t-s","role":"wms"}]')
    expect((await plimsoll(data, ['import', 'sources', array])).code).toBe(0)
    expect((await plimsoll(data, ['import', 'items', file('open.csv', 'sku\n"open')])).code).toBe(2)
    expect((await plimsoll(data, ['import', 'items', join(folder, 'none.csv')])).code).toBe(2)
    expect((await plimsoll(data, ['import', 'shoes', array])).code).toBe(2)
  })
})
