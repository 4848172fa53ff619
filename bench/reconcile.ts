import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RegionOverview } from '../shared/contract/centre-api.ts'
import { factsSubject, inboundSubject } from '../shared/contract/subjects.ts'
import { formatInstant } from '../shared/kernel/clock.ts'
import { type Bus, connectBus } from '../shared/node/nats.ts'
import { CentreProcess } from '../tests/support/centre-process.ts'
import { EdgeProcess } from '../tests/support/edge-process.ts'
import { type NatsServer, startCentral, startLeaf } from '../tests/support/nats-servers.ts'
import { RegionProcess } from '../tests/support/region-process.ts'
import type { Figure } from './figure.ts'

const REGIONS = ['eu', 'us', 'apac'] as const
const SKUS = 100_000
/** Of each hundred counts one is wrong. */
const WRONG_EVERY = 100
const SHARDS = 128
/** As many as the border puts into a message of facts. */
const PER_MESSAGE = 500
const UNDER_WAY_MAX = 16
const WITHIN_MS = 180_000
const LOOK_EVERY_MS = 200
const SAID_EVERY_MS = 5_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

type Region = {
  readonly name: string
  readonly bus: Bus
  readonly leaf: NatsServer
  readonly process: RegionProcess
}

/**
 * Three regions with their edge and the centre, each its own process: every sku is counted by an ERP, one in a hundred wrong.
 * Measured from the first count sent to the last variance at the centre, through INBOUND, border, FACTS, ledger, leaf link
 * and database.
 */
export async function run({ quick }: { quick: boolean }): Promise<Figure[]> {
  const skus = quick ? SKUS / 10 : SKUS
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  const central = await startCentral()
  const edge = await EdgeProcess.start({ folder, regions: REGIONS })
  const regions: Region[] = []
  let centre: CentreProcess | null = null
  try {
    for (const name of REGIONS) regions.push(await startRegion(name, folder, central, edge))
    centre = await CentreProcess.start({
      folder,
      nats: central.url,
      regions: regions.map(({ name, process }) => ({
        region: name,
        apiUrl: process.url,
        apiKey: RegionProcess.key,
      })),
      edge: { url: edge.url, operatorKey: edge.operatorKey },
    })
    return await measure(centre, regions, skus)
  } finally {
    await centre?.stop()
    for (const { bus, process, leaf } of regions) {
      await bus.close()
      await process.stop()
      await leaf.stop()
    }
    await edge.stop()
    await central.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function startRegion(
  name: string,
  folder: string,
  central: NatsServer,
  edge: EdgeProcess,
): Promise<Region> {
  const leaf = await startLeaf({ region: name, leafPort: central.leafPort })
  const process = new RegionProcess({
    region: name,
    folder,
    nats: leaf.url,
    edgeUrl: edge.url,
    pushSecret: edge.pushSecret(name),
    more: { shardCount: SHARDS },
  })
  await process.start()
  void process.ended().then((code) => code && say(`the region ${name} ended with ${code}`))
  await process.put('/v1/sources/wms', { role: 'wms', nodes: [nodeOf(name)] })
  await process.put('/v1/sources/erp', { role: 'erp' })
  await process.put(`/v1/nodes/${nodeOf(name)}`, { source: 'wms' })
  return { name, leaf, process, bus: await connectBus('bench', { servers: [leaf.url] }) }
}

async function measure(centre: CentreProcess, regions: readonly Region[], skus: number): Promise<Figure[]> {
  const all = Array.from({ length: skus }, (_, i) => i)
  const opened = Date.now() - HOUR_MS
  const fillMs = await timed('filling: items and opening counts', async () => {
    await toAll(regions, async (region) => {
      await send(region, factsSubject(region.name, 'erp'), all, item)
      await send(region, factsSubject(region.name, 'wms'), all, (i) =>
        count(region, 'wms', i, stockOf(i), opened, 'owner'),
      )
    })
    await until(centre, (it) => it.factsBehind === 0, 0)
    say('the ledgers have them')
    await until(centre, (it) => it.intakePending === 0, 0)
    say('the centre has them')
    await until(centre, (it) => it.edge.dirtySkus === 0 && it.edge.agrees === true, 0)
  })
  const wrong = all.filter((i) => i % WRONG_EVERY === 0).length
  const fullMs = await timed('full pass', async () => {
    const asOf = Date.now() - 10 * MINUTE_MS
    await toAll(regions, (region) =>
      send(region, inboundSubject(region.name, 'erp'), all, (i) => count(region, 'erp', i, seenOf(i), asOf)),
    )
    say('the counts are sent')
    await until(centre, (it) => it.variancesOpen === wrong, 0)
    say('the variances are open')
    await until(centre, (it) => it.factsBehind === 0 && it.intakePending === 0, 0)
  })
  const edgeMs = await timed('edge against ledger', () =>
    until(centre, (it) => it.edge.agrees === true, Date.now()),
  )
  const few = all.filter((i) => i % WRONG_EVERY === 1)
  const incrementalMs = await timed('incremental pass', async () => {
    const asOf = Date.now() - 5 * MINUTE_MS
    // Half of them are wrong now; and of those that were, none is looked at again.
    const seen = new Map(few.map((i, n) => [i, stockOf(i) + (n % 2)]))
    await toAll(regions, (region) =>
      send(region, inboundSubject(region.name, 'erp'), few, (i) =>
        count(region, 'erp', i, seen.get(i)!, asOf),
      ),
    )
    await until(centre, (it) => it.variancesOpen === wrong + Math.floor(few.length / 2), 0)
  })
  const bench = 'reconcile'
  const size = `3 regions × ${skus.toLocaleString('en')} skus`
  return [
    { bench, figure: `${size}, taken in by ledgers, edge and centre`, value: fillMs / 1000, unit: 's' },
    { bench, figure: `${size}, all counted and judged`, value: fullMs / 1000, unit: 's' },
    { bench, figure: 'edge against ledger, all shards', value: edgeMs / 1000, unit: 's' },
    {
      bench,
      figure: `incremental pass, 3 × ${few.length.toLocaleString('en')} counts`,
      value: incrementalMs / 1000,
      unit: 's',
    },
  ]
}

const toAll = (regions: readonly Region[], work: (region: Region) => Promise<void>): Promise<unknown> =>
  Promise.all(regions.map(work))

const startedAt = performance.now()
/** How far it is, for whoever waits. */
const say = (text: string): void =>
  void process.stderr.write(
    `  ${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${text}\n`,
  )

const nodeOf = (region: string): string => `${region}-1`
const skuOf = (i: number): string => `PL-${String(i).padStart(7, '0')}`
const stockOf = (i: number): number => 20 + ((i * 7) % 500)
const seenOf = (i: number): number => stockOf(i) + (i % WRONG_EVERY === 0 ? 3 : 0)

let ids = 0
const event = (
  source: string,
  type: string,
  i: number,
  at: number,
  data: object,
): Record<string, unknown> => ({
  specversion: '1.0',
  id: `e${++ids}`,
  source,
  type: `plimsoll.${type}`,
  time: formatInstant(at),
  subject: skuOf(i),
  data,
})
const item = (i: number): object =>
  event('erp', 'item.upserted', i, Date.now() - HOUR_MS, {
    baseUom: 'EA',
    decimals: 0,
    uoms: { CASE: 12 },
    value: 100 + (i % 5_000),
    tier: i % 20 === 0 ? 'A' : 'B',
  })

function count(
  { name }: Region,
  source: string,
  i: number,
  onHand: number,
  asOf: number,
  standing?: 'owner',
): object {
  const data = { node: nodeOf(name), states: { onHand }, asOf: formatInstant(asOf) }
  const it = event(source, 'stock.counted', i, asOf, data)
  return standing ? { ...it, standing } : it
}

/** Each message is made when it is sent: the whole of it in memory would be some hundred megabytes. */
async function send(
  { bus }: Region,
  subject: string,
  skus: readonly number[],
  eventOf: (i: number) => object,
): Promise<void> {
  const underWay = new Set<Promise<unknown>>()
  for (let at = 0; at < skus.length; at += PER_MESSAGE) {
    const body = JSON.stringify(skus.slice(at, at + PER_MESSAGE).map(eventOf))
    const sent = bus.js.publish(subject, body).finally(() => underWay.delete(sent))
    underWay.add(sent)
    if (underWay.size >= UNDER_WAY_MAX) await Promise.race(underWay)
  }
  await Promise.all(underWay)
}

/** Of every region, as of a comparison with the edge after a moment. */
async function until(
  centre: CentreProcess,
  isSo: (region: RegionOverview) => boolean,
  comparedAfter: number,
): Promise<void> {
  const end = performance.now() + WITHIN_MS
  let saidAt = performance.now()
  for (;;) {
    // A centre that catches up may answer late.
    const { regions } = await centre
      .get<{ regions: RegionOverview[] }>('/v1/regions')
      .catch(() => ({ regions: [] }))
    const isFresh = ({ edge }: RegionOverview): boolean =>
      comparedAfter === 0 || (edge.comparedAt !== null && Date.parse(edge.comparedAt) > comparedAfter)
    if (regions.length > 0 && regions.every((region) => isFresh(region) && isSo(region))) return
    if (performance.now() - saidAt > SAID_EVERY_MS) {
      saidAt = performance.now()
      say(regions.length === 0 ? 'the centre does not answer' : regions.map(standing).join(' | '))
    }
    if (performance.now() > end)
      throw new Error(
        `it did not come true: ${JSON.stringify(regions.map((r) => ({ ...r, history: r.history.slice(-2) })))}`,
      )
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

const standing = ({
  region,
  factsApplied,
  factsBehind,
  intakePending,
  variancesOpen,
  edge,
}: RegionOverview): string =>
  `${region}: ${factsApplied} facts, ${factsBehind} behind, ${intakePending} to take in, ${edge.dirtySkus} for the edge, ${variancesOpen} variances`

async function timed(name: string, work: () => Promise<unknown>): Promise<number> {
  say(name)
  const from = performance.now()
  await work()
  const ms = performance.now() - from
  say(`${name}: ${(ms / 1000).toFixed(2)} s`)
  return ms
}
