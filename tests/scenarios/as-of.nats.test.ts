import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../shared/contract/problem.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-as-of-'))
let nats: NatsServer
let region: RegionProcess

beforeAll(async () => {
  nats = await startLeaf({ region: 'eu' })
  region = new RegionProcess({ region: 'eu', folder, nats: nats.url })
  await region.start()
  await region.put('/v1/nodes/ber1', { source: 'wms' })
  await region.put('/v1/sources/wms', { role: 'wms' })
  await region.put('/v1/items/X', {})
})

afterAll(async () => {
  await region?.stop()
  await nats?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let numbers = 0
const tell = (type: string, data: object): Promise<unknown> =>
  region.call('/v1/events', {
    json: {
      specversion: '1.0',
      id: `e${numbers++}`,
      source: 'wms',
      type: `plimsoll.${type}`,
      time: new Date().toISOString(),
      ...(type.startsWith('stock') ? { subject: 'X' } : {}),
      data,
    },
    contentType: 'application/cloudevents+json',
  })
const read = async (path: string) => (await region.call<Record<string, unknown>>(path)).body
const moment = async (): Promise<string> => {
  await new Promise((resolve) => setTimeout(resolve, 5))
  const now = new Date().toISOString()
  await new Promise((resolve) => setTimeout(resolve, 5))
  return now
}

describe('any answer can be had for an earlier moment', () => {
  test('a figure, a query, a promise and positions: by time and by version', async () => {
    await tell('stock.received', { node: 'ber1', quantity: 10 })
    const first = await read('/v1/availability/X?channel=web')
    const at = await moment()
    await tell('order.accepted', {
      orderRef: 'web:1',
      channel: 'web',
      lines: [{ line: '1', sku: 'X', quantity: 4 }],
    })
    await region.put('/v1/policies/safetyStock/sku:X', { quantity: 5, author: 'test', reason: 'later' })
    expect(await read('/v1/availability/X?channel=web')).toMatchObject({ availableToSell: 1 })

    expect(await read(`/v1/availability/X?channel=web&asOf=${at}`)).toMatchObject({
      availableToSell: 10,
      asOf: at,
      age: 0,
      version: first['version'],
    })
    expect(
      await read(`/v1/availability/X?channel=web&asOf=version:${String(first['version'])}`),
    ).toMatchObject({ availableToSell: 10 })
    expect(
      await read(`/v1/availability/X?channel=web&asOf=version:${Number(first['version']) + 1}`),
    ).toMatchObject({ availableToSell: 6 })
    expect(await read(`/v1/positions/X?asOf=${at}`)).toMatchObject({ totals: { onHand: 10, reserved: 0 } })
    expect(await read(`/v1/availability/X/promise?quantity=7&asOf=${at}`)).toEqual({ date: at.slice(0, 10) })
    const { body } = await region.call('/v1/availability/query', {
      json: { skus: ['X', 'NOBODY'], channel: 'web', asOf: at },
    })
    expect(body).toMatchObject({
      results: [
        { sku: 'X', availableToSell: 10 },
        { sku: 'NOBODY', error: 'unknown-sku' },
      ],
    })
  })

  test('and says which policies went into it, in their version, with who answers for them', async () => {
    const explained = async (query: string): Promise<unknown> =>
      ((await read(`/v1/availability/X?explain=true${query}`))['explain'] as { policies: unknown }).policies
    const { version } = await read('/v1/availability/X')
    await region.put('/v1/policies/safetyStock/sku:X', { quantity: 1, author: 'other', reason: 'less' })
    const policy = { kind: 'safetyStock', scope: 'sku:X', appliedTo: 'ber1' }
    expect(await explained('')).toEqual([{ ...policy, version: 2, author: 'other', reason: 'less' }])
    expect(await explained(`&asOf=version:${String(version)}`)).toEqual([
      { ...policy, version: 1, author: 'test', reason: 'later' },
    ])
  })

  test('but not for one that is to come, or was before the journal, or is none', async () => {
    const refused = async (asOf: string) => {
      const { status, body } = await region.call<Problem>(`/v1/availability/X?asOf=${asOf}`)
      return [status, body.type, body.errors?.[0]?.path]
    }
    expect(await refused('2999-01-01T00:00:00Z')).toEqual([400, '/problems/malformed', 'asOf'])
    expect(await refused('2020-01-01T00:00:00Z')).toEqual([410, '/problems/beyond-retention', undefined])
    expect(await refused('yesterday')).toEqual([400, '/problems/malformed', 'asOf'])
  })
})
