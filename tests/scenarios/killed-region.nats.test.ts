import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fact } from '../../shared/contract/events.ts'
import { inboundSubject } from '../../shared/contract/subjects.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { seededRandom } from '../../shared/kernel/random.ts'
import { type Bus, connectBus, readStream, streamState } from '../../shared/node/nats.ts'
import { fold } from '../../regions/ledger/core/given.ts'
import { type Ledger } from '../../regions/ledger/core/ledger.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { eventually } from '../support/eventually.ts'
import { RegionProcess } from '../support/region-process.ts'

const EVENTS = 50_000
const BATCH = 100
const SKUS = 150
const KILLS = 4

const random = seededRandom('killed-region')
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-killed-'))
let server: NatsServer
let bus: Bus
let region: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  bus = await connectBus('wms', { servers: [server.url] })
  region = new RegionProcess({ region: 'eu', folder, nats: server.url })
  await region.start()
  await region.put('/v1/sources/wms-ber1', { role: 'wms' })
  await region.put('/v1/nodes/ber1', {})
  await region.put('/v1/nodes/muc1', {})
  await region.call('/v1/items:batch', { json: Array.from({ length: SKUS }, (_, i) => ({ sku: `S${i}` })) })
})

afterAll(async () => {
  await region?.stop()
  await bus?.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What a WMS says in a day: receipts, shipments, adjustments, moves and a count now and then. */
function eventOf(n: number): Record<string, unknown> {
  const draw = random.int(0, 100)
  const type =
    draw < 40 ? 'received' : draw < 75 ? 'shipped' : draw < 88 ? 'adjusted' : draw < 96 ? 'moved' : 'counted'
  const quantity = random.int(1, 9)
  const time = formatInstant(1_790_000_000_000 + n * 10)
  const more = {
    received: {},
    shipped: { orderRef: `web:${n % 500}`, line: '1' },
    adjusted: { reason: 'found' },
    moved: { from: 'sellable', to: 'damaged' },
    counted: { states: { onHand: quantity * 10 }, asOf: time },
  }[type]
  const data = {
    node: random.int(0, 2) === 0 ? 'ber1' : 'muc1',
    ...(type === 'counted' ? {} : { quantity }),
    ...more,
  }
  return {
    specversion: '1.0',
    id: `e${n}`,
    source: 'wms-ber1',
    type: `plimsoll.stock.${type}`,
    time,
    subject: `S${random.int(0, SKUS)}`,
    sequence: n,
    businesskey: `movement/${n}`,
    data,
  }
}

async function publishAll(events: readonly unknown[]): Promise<void> {
  for (let at = 0; at < events.length; at += BATCH) {
    await bus.js.publish(inboundSubject('eu', 'wms-ber1'), JSON.stringify(events.slice(at, at + BATCH)))
    if (at % (BATCH * 20) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function wholeStream(stream: string): Promise<Fact[]> {
  const last = (await streamState(bus, stream))!.lastSequence
  const facts: Fact[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const reader = readStream(bus, {
    stream,
    fromSequence: 1,
    onBatch: (messages) => {
      for (const { data } of messages) facts.push(...(JSON.parse(new TextDecoder().decode(data)) as Fact[]))
      if (messages[messages.length - 1]!.seq >= last) resolve()
    },
  })
  await promise
  await reader.stop()
  return facts
}

const expectedAt = (ledger: Ledger, sku: string, node: string): Record<string, number> => {
  const { positions, skus, nodes } = ledger.books
  const slot = positions.find(skus.find(sku), nodes.find(node), -1)
  return slot < 0
    ? { onHand: 0, damaged: 0, quarantined: 0 }
    : {
        onHand: positions.value(slot, 'onHand'),
        damaged: positions.value(slot, 'damaged'),
        quarantined: positions.value(slot, 'quarantined'),
      }
}

describe('a region killed again and again in the middle of 50,000 events', () => {
  test('has every position as the fold of what was sent: nothing lost, nothing twice', async () => {
    const sent = Array.from({ length: EVENTS }, (_, n) => eventOf(n))
    const publishing = publishAll(sent)
    for (let kill = 0; kill < KILLS; kill++) {
      await new Promise((resolve) => setTimeout(resolve, random.int(150, 700)))
      await region.kill9()
      await region.start()
    }
    await publishing
    const master = 3 + SKUS
    await eventually(async () => (await applied()) >= EVENTS + master, 60_000)

    expect(await applied()).toBe(EVENTS + master)
    const bySender = fold(sent as unknown as Fact[]).ledger
    const byStream = fold(await wholeStream('FACTS')).ledger
    for (let i = 0; i < SKUS; i++) {
      const { body } = await region.call<{ nodes: ({ node: string } & Record<string, number>)[] }>(
        `/v1/positions/S${i}`,
      )
      for (const { node, onHand, damaged, quarantined } of body.nodes) {
        expect({ sku: `S${i}`, node, onHand, damaged, quarantined }).toEqual({
          sku: `S${i}`,
          node,
          ...expectedAt(bySender, `S${i}`, node),
        })
        expect(expectedAt(byStream, `S${i}`, node)).toEqual(expectedAt(bySender, `S${i}`, node))
      }
    }
  }, 180_000)
})

async function applied(): Promise<number> {
  const text = await (await fetch(`${region.url}/metrics`)).text()
  return Number(/plimsoll_facts_applied\{[^}]*\} (\d+)/.exec(text)?.[1])
}
