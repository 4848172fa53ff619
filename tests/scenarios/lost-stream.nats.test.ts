import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bus, connectBus, streamState } from '../../shared/node/nats.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-lost-stream-'))
let nats: NatsServer
let bus: Bus
let region: RegionProcess

beforeAll(async () => {
  nats = await startLeaf({ region: 'eu' })
  bus = await connectBus('test', { servers: [nats.url] })
  region = new RegionProcess({ region: 'eu', folder, nats: nats.url })
  await region.start()
  await region.put('/v1/nodes/ber1', { source: 'wms' })
  await region.put('/v1/sources/wms', { role: 'wms' })
  await region.put('/v1/items/X', {})
  for (let n = 0; n < 20; n++) await received(n)
  for (let n = 0; n < 5; n++) await reserve(`k${n}`)
})

afterAll(async () => {
  await region?.stop()
  await bus?.close()
  await nats?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function received(n: number): Promise<string> {
  const { body } = await region.call<{ results: { status: string }[] }>('/v1/events', {
    json: {
      specversion: '1.0',
      id: `r${n}`,
      source: 'wms',
      type: 'plimsoll.stock.received',
      time: '2026-11-20T10:00:00Z',
      subject: 'X',
      data: { node: 'ber1', quantity: 10 },
    },
    contentType: 'application/cloudevents+json',
  })
  return body.results[0]!.status
}
async function reserve(key: string): Promise<number> {
  const { status } = await region.call('/v1/reservations', {
    json: { orderRef: `web:${key}`, channel: 'web', lines: [{ line: '1', sku: 'X', quantity: 1 }] },
    headers: { 'idempotency-key': key },
  })
  return status
}
const totals = async (at = region) =>
  (await at.call<{ totals: { onHand: number; reserved: number } }>('/v1/positions/X')).body.totals
const length = async (stream: string): Promise<number> => {
  const state = await streamState(bus, stream)
  return state === null ? 0 : state.lastSequence - state.firstSequence + 1
}

/** Nothing of what was answered may be lost, and a process that begins with nothing has to find it all in the streams. */
async function expectWhole(): Promise<void> {
  expect(await totals()).toMatchObject({ onHand: 200, reserved: 5 })
  await eventually(async () => (await length('FACTS')) >= 23)
  expect(await received(3)).toBe('duplicate')
  expect(await reserve('k2')).toBe(201)
  expect(await totals()).toMatchObject({ onHand: 200, reserved: 5 })
  const fresh = new RegionProcess({
    region: 'eu',
    folder,
    nats: nats.url,
    dataName: `fresh-${Math.random()}`,
  })
  await fresh.start()
  await eventually(async () => {
    const { onHand, reserved } = await totals(fresh)
    return onHand === 200 && reserved === 5
  })
  await fresh.stop()
}

describe('a region whose streams lost what they had', () => {
  test('made anew while it was away: they are filled again from its journal', async () => {
    await region.stop()
    await bus.jsm.streams.delete('FACTS')
    await bus.jsm.streams.delete('DECISIONS')
    await region.start()
    await expectWhole()
  })

  test('shorter than what was read of them: what is missing is filled again', async () => {
    await region.kill9()
    // As a backup of the streams that is put back would leave them: their first messages, and no more.
    for (const stream of ['FACTS', 'DECISIONS']) {
      const { config, state } = await bus.jsm.streams.info(stream)
      const kept = []
      for (let seq = state.first_seq; seq < state.first_seq + 2; seq++)
        kept.push(await bus.jsm.streams.getMessage(stream, { seq }))
      await bus.jsm.streams.delete(stream)
      await bus.jsm.streams.add(config)
      for (const { subject, data } of kept) await bus.js.publish(subject, data)
    }
    await region.start()
    await expectWhole()
  })

  test('and it goes on as before', async () => {
    expect(await received(20)).toBe('accepted')
    expect(await reserve('k9')).toBe(201)
    await region.kill9()
    await region.start()
    expect(await totals()).toMatchObject({ onHand: 210, reserved: 6 })
    const { body } = await region.call<{ state: string }>('/v1/journal:check', { method: 'POST' })
    expect(body.state).toBe('looking')
    await eventually(
      async () => (await region.call<{ state: string }>('/v1/journal/check')).body.state === 'intact',
    )
  })
})
