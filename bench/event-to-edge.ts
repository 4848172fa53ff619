import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inboundSubject } from '../shared/contract/subjects.ts'
import { formatInstant } from '../shared/kernel/clock.ts'
import { connectBus } from '../shared/node/nats.ts'
import { EdgeProcess } from '../tests/support/edge-process.ts'
import { startLeaf } from '../tests/support/nats-servers.ts'
import { RegionProcess } from '../tests/support/region-process.ts'
import type { Figure } from './figure.ts'

const LONE_EVENTS = 60
const PAUSE_MS = 400

/**
 * From a WMS event published on NATS to the edge's answer showing it: a lone event of a tier A sku, through INBOUND,
 * connector, FACTS, ledger (two fsyncs), push and D1, polled over HTTP.
 */
export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  const server = await startLeaf({ region: 'eu' })
  const edge = await EdgeProcess.start({ folder, regions: ['eu'] })
  const region = new RegionProcess({
    region: 'eu',
    folder,
    nats: server.url,
    edgeUrl: edge.url,
    pushSecret: edge.pushSecret('eu'),
  })
  const bus = await connectBus('bench', { servers: [server.url] })
  try {
    await region.start()
    await region.put('/v1/nodes/ber1', {})
    await region.put('/v1/sources/wms-ber1', { role: 'wms' })
    await region.put('/v1/items/HOT', { tier: 'A' })
    await new Promise((resolve) => setTimeout(resolve, 2 * PAUSE_MS))
    const latencies: number[] = []
    for (let n = 1; n <= LONE_EVENTS; n++) {
      const startedAt = performance.now()
      await bus.js.publish(inboundSubject('eu', 'wms-ber1'), JSON.stringify(receipt(n)))
      while ((await edge.availableToSell('HOT')) !== n)
        if (performance.now() - startedAt > 5_000) throw new Error('the edge never showed it')
      latencies.push(performance.now() - startedAt)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
    latencies.sort((a, b) => a - b)
    const bench = 'event-to-edge'
    const at = (share: number): number =>
      latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]!
    return [
      { bench, figure: 'lone tier A event, p50', value: at(0.5), unit: 'ms' },
      { bench, figure: 'lone tier A event, p99', value: at(0.99), unit: 'ms' },
    ]
  } finally {
    await bus.close()
    await region.stop()
    await edge.stop()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function receipt(n: number): Record<string, unknown> {
  const time = formatInstant(Date.now())
  const data = { node: 'ber1', quantity: 1 }
  return {
    specversion: '1.0',
    id: `r${n}`,
    source: 'wms-ber1',
    type: 'plimsoll.stock.received',
    time,
    subject: 'HOT',
    data,
  }
}
