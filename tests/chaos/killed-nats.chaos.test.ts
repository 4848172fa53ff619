import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inboundSubject } from '../../shared/contract/subjects.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { seededRandom } from '../../shared/kernel/random.ts'
import { type Bus, connectBus } from '../../shared/node/nats.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { eventually } from '../support/eventually.ts'
import { RegionProcess } from '../support/region-process.ts'

const BATCHES = 300
const BATCH = 20
const KILLS = 6

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-killed-nats-'))
const random = seededRandom('killed-nats')
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
  await region.put('/v1/items/X', {})
})

afterAll(async () => {
  await region?.stop()
  await bus?.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** As a source does: it sends until it is told that the message is kept, so some are sent twice. */
async function publishUntilKept(batch: number): Promise<void> {
  const events = Array.from({ length: BATCH }, (_, i) => ({
    specversion: '1.0',
    id: `e${batch * BATCH + i}`,
    source: 'wms-ber1',
    type: 'plimsoll.stock.received',
    time: formatInstant(1_790_000_000_000 + batch * 1000 + i),
    subject: 'X',
    data: { node: 'ber1', quantity: 1 },
  }))
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      await bus.js.publish(inboundSubject('eu', 'wms-ber1'), JSON.stringify(events), { timeout: 500 })
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  throw new Error(`batch ${batch} was never kept`)
}

test('a nats-server killed again and again under load loses nothing that it kept, and nothing counts twice', async () => {
  const publishing = (async () => {
    for (let batch = 0; batch < BATCHES; batch++) await publishUntilKept(batch)
  })()
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((resolve) => setTimeout(resolve, random.int(100, 400)))
    await server.kill9()
    await new Promise((resolve) => setTimeout(resolve, random.int(10, 300)))
    await server.start()
  }
  await publishing
  const onHand = async (): Promise<number> =>
    (await region.call<{ totals: { onHand: number } }>('/v1/positions/X')).body.totals.onHand
  await eventually(async () => (await onHand()) === BATCHES * BATCH, 60_000)
  expect(await onHand()).toBe(BATCHES * BATCH)
  expect((await region.call<{ version: number }>('/readyz')).body.version).toBe(BATCHES * BATCH + 3)
}, 180_000)
