import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EdgeStatus } from '../shared/contract/edge-api.ts'
import { inboundSubject } from '../shared/contract/subjects.ts'
import { TIER_SETTINGS_DEFAULT, type Tier } from '../shared/domain/tier.ts'
import { formatInstant } from '../shared/kernel/clock.ts'
import { type Bus, connectBus } from '../shared/node/nats.ts'
import { EdgeProcess } from '../tests/support/edge-process.ts'
import { eventually } from '../tests/support/eventually.ts'
import { startLeaf } from '../tests/support/nats-servers.ts'
import { RegionProcess } from '../tests/support/region-process.ts'
import type { Figure } from './figure.ts'
import { quantile } from './median.ts'

/**
 * From a WMS event published on NATS to the edge's answer showing it, through INBOUND, connector, FACTS, ledger (two fsyncs), push
 * and D1, polled over HTTP: lone events of a tier A sku, then such events among a thousand a second; then ten thousand a second over
 * a hundred thousand skus of all tiers, where no answer may be older than its tier's limit.
 */
const bench = 'event-to-edge'
const LONE_EVENTS = 60
const PAUSE_MS = 400
const SHOWN_WITHIN_MS = 30_000
const PUT_AT_ONCE = 1_000
const TICK_MS = 20
/** Some messages may be under way; more would wait in this process, and not in the hub. */
const MESSAGES_UNDER_WAY_MAX = 2_000

export async function run({ quick }: { readonly quick: boolean }): Promise<Figure[]> {
  const seconds = quick ? 5 : 20
  return [
    ...(await inWorld(['HOT'], 4, lone)),
    ...(await inWorld(skusOf(2_000), 4, (world) => amongOthers(world, 1_000, seconds))),
    ...(await inWorld(skusOf(100_000), 25, (world) => flooded(world, 10_000, seconds))),
  ]
}

type World = {
  readonly skus: readonly string[]
  readonly edge: EdgeProcess
  readonly region: RegionProcess
  readonly bus: Bus
}

/** Every tenth of tier A, four tenths of B, the rest of C; all of A where there are few. */
const skusOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `SKU-${i}`)
const tierOf = (i: number, count: number): Tier =>
  count <= 2_000 ? 'A' : i % 10 === 0 ? 'A' : i % 10 < 5 ? 'B' : 'C'

async function inWorld(
  skus: readonly string[],
  shardCount: number,
  measure: (world: World) => Promise<Figure[]>,
): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  const server = await startLeaf({ region: 'eu' })
  const edge = await EdgeProcess.start({ folder, regions: ['eu'] })
  const region = new RegionProcess({
    region: 'eu',
    folder,
    nats: server.url,
    edgeUrl: edge.url,
    pushSecret: edge.pushSecret('eu'),
    more: { shardCount },
  })
  const bus = await connectBus('bench', { servers: [server.url] })
  try {
    await region.start()
    await region.put('/v1/nodes/ber1', {})
    await region.put('/v1/sources/wms-ber1', { role: 'wms' })
    const items = skus.map((sku, i) => ({ sku, tier: tierOf(i, skus.length) }))
    for (let at = 0; at < items.length; at += PUT_AT_ONCE)
      await region.call('/v1/items:batch', { json: items.slice(at, at + PUT_AT_ONCE) })
    await eventually(async () => (await statusOf(region)).dirtySkus === 0, SHOWN_WITHIN_MS)
    await sleep(2 * PAUSE_MS)
    return await measure({ skus, edge, region, bus })
  } finally {
    await bus.close()
    await region.stop()
    await edge.stop()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function lone({ edge, bus }: World): Promise<Figure[]> {
  const latencies: number[] = []
  for (let n = 1; n <= LONE_EVENTS; n++) {
    await publish(bus, [receipt('HOT')])
    latencies.push(await shownAfter(edge, 'HOT', n))
    await sleep(PAUSE_MS)
  }
  return latencyFigures('lone tier A event', latencies)
}

/** One event after the other is watched, of a sku that nothing else happens to. */
async function amongOthers(
  { skus, edge, region, bus }: World,
  perSecond: number,
  seconds: number,
): Promise<Figure[]> {
  const [watched, ...others] = skus
  const before = await statusOf(region)
  const load = new Load(bus, others, perSecond, 1)
  const latencies: number[] = []
  const until = performance.now() + seconds * 1_000
  for (let n = 1; performance.now() < until; n++) {
    await publish(bus, [receipt(watched!)])
    latencies.push(await shownAfter(edge, watched!, n))
    await sleep(50)
  }
  const rate = await load.stop()
  return [
    ...latencyFigures(`tier A event among ${perSecond} a second`, latencies),
    { bench, figure: 'events published a second meanwhile', value: Math.round(rate), unit: '1/s' },
    compactionOf(before, await statusOf(region), perSecond),
  ]
}

/** How old the edge's answers become, by tier. */
async function flooded(
  { skus, edge, region, bus }: World,
  perSecond: number,
  seconds: number,
): Promise<Figure[]> {
  const before = await statusOf(region)
  const load = new Load(bus, skus, perSecond, 50)
  const oldest: Record<Tier, number> = { A: 0, B: 0, C: 0 }
  let notFresh = 0
  let answers = 0
  const until = performance.now() + seconds * 1_000
  for (let n = 0; performance.now() < until; n++) {
    const { body } = await edge.get(`/v1/availability/${skus[(n * 7_919) % skus.length]}`)
    const tier = body['tier'] as Tier
    oldest[tier] = Math.max(oldest[tier], body['age'] as number)
    answers++
    if (body['freshness'] !== 'fresh') notFresh++
    await sleep(10)
  }
  const rate = await load.stop()
  const { body } = await region.call<{ version: number }>('/readyz')
  const after = await statusOf(region)
  const taken = body.version - (before.version ?? 0)
  await eventually(async () => (await statusOf(region)).dirtySkus === 0, SHOWN_WITHIN_MS)
  const age = (tier: Tier): Figure => {
    const floor = TIER_SETTINGS_DEFAULT[tier].freshForMs
    const figure = `oldest answer of tier ${tier} at ${perSecond} a second, beside its limit`
    return { bench, figure, value: oldest[tier], unit: 'ms', floor, ratio: oldest[tier] / floor }
  }
  return [
    age('A'),
    age('B'),
    age('C'),
    {
      bench,
      figure: 'answers that were not fresh, of all',
      value: notFresh,
      unit: 'answers',
      floor: answers,
      ratio: notFresh / answers,
    },
    { bench, figure: 'events published a second meanwhile', value: Math.round(rate), unit: '1/s' },
    { bench, figure: 'events folded a second meanwhile', value: Math.round(taken / seconds), unit: '1/s' },
    compactionOf(before, after, perSecond),
  ]
}

function latencyFigures(name: string, latencies: readonly number[]): Figure[] {
  return [
    { bench, figure: `${name}, p50`, value: quantile(latencies, 0.5), unit: 'ms' },
    { bench, figure: `${name}, p99`, value: quantile(latencies, 0.99), unit: 'ms' },
  ]
}

function compactionOf(before: EdgeStatus, after: EdgeStatus, perSecond: number): Figure {
  const events = after.eventsIn - before.eventsIn
  const rows = after.rowsOut - before.rowsOut
  const figure = `events in at ${perSecond} a second, for each row out`
  return { bench, figure, value: events / rows, unit: 'events' }
}

/** Events at an even rate, in messages of some, until it is stopped. */
class Load {
  readonly #running: Promise<number>
  #isStopped = false

  constructor(bus: Bus, skus: readonly string[], perSecond: number, perMessage: number) {
    this.#running = this.#run(bus, skus, perSecond, perMessage)
  }

  /** Events a second that the server took. */
  stop(): Promise<number> {
    this.#isStopped = true
    return this.#running
  }

  async #run(bus: Bus, skus: readonly string[], perSecond: number, perMessage: number): Promise<number> {
    const underWay = new Set<Promise<unknown>>()
    const startedAt = performance.now()
    let sent = 0
    while (!this.#isStopped) {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond) - sent
      const room = MESSAGES_UNDER_WAY_MAX - underWay.size
      for (let message = Math.min(room, Math.floor(due / perMessage)); message > 0; message--) {
        const events = Array.from({ length: perMessage }, () =>
          receipt(skus[(++sent * 7_919) % skus.length]!),
        )
        const publishing = publish(bus, events).finally(() => underWay.delete(publishing))
        underWay.add(publishing)
      }
      await sleep(TICK_MS)
    }
    await Promise.all(underWay)
    return (sent * 1_000) / (performance.now() - startedAt)
  }
}

async function shownAfter(edge: EdgeProcess, sku: string, figure: number): Promise<number> {
  const startedAt = performance.now()
  while ((await edge.availableToSell(sku)) !== figure)
    if (performance.now() - startedAt > SHOWN_WITHIN_MS) throw new Error(`the edge never showed ${sku}`)
  return performance.now() - startedAt
}

async function statusOf(region: RegionProcess): Promise<EdgeStatus> {
  return EdgeStatus.parse((await region.call('/v1/edge')).body)
}

const publish = (bus: Bus, events: readonly object[]): Promise<unknown> =>
  bus.js.publish(inboundSubject('eu', 'wms-ber1'), JSON.stringify(events.length === 1 ? events[0] : events))

let receipts = 0

function receipt(sku: string): object {
  return {
    specversion: '1.0',
    id: `r${++receipts}`,
    source: 'wms-ber1',
    type: 'plimsoll.stock.received',
    time: formatInstant(Date.now()),
    subject: sku,
    data: { node: 'ber1', quantity: 1 },
  }
}

const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms))
