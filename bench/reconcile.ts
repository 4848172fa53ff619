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
const PER_MESSAGE = 250
const UNDER_WAY_MAX = 16
const WITHIN_MS = 600_000
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
  await process.put('/v1/sources/wms', { role: 'wms', nodes: [nodeOf(name)] })
  await process.put('/v1/sources/erp', { role: 'erp' })
  await process.put(`/v1/nodes/${nodeOf(name)}`, { source: 'wms' })
  return { name, leaf, process, bus: await connectBus('bench', { servers: [leaf.url] }) }
}

async function measure(centre: CentreProcess, regions: readonly Region[], skus: number): Promise<Figure[]> {
  const all = Array.from({ length: skus }, (_, i) => i)
  const opened = Date.now() - HOUR_MS
  const fillMs = await timed(async () => {
    await Promise.all(
      regions.map(async (region) => {
        await send(region, factsSubject(region.name, 'erp'), all.map(item))
        await send(
          region,
          factsSubject(region.name, 'wms'),
          all.map((i) => count(region, 'wms', i, stockOf(i), opened, 'owner')),
        )
      }),
    )
    await until(centre, (it) => it.factsBehind === 0 && it.intakePending === 0 && it.edge.agrees === true, 0)
  })
  const wrong = all.filter((i) => i % WRONG_EVERY === 0).length
  const fullMs = await timed(async () => {
    const asOf = Date.now() - 10 * MINUTE_MS
    await Promise.all(
      regions.map((region) =>
        send(
          region,
          inboundSubject(region.name, 'erp'),
          all.map((i) => count(region, 'erp', i, seenOf(i), asOf)),
        ),
      ),
    )
    await until(centre, (it) => it.variancesOpen === wrong, 0)
  })
  const edgeMs = await timed(() => until(centre, (it) => it.edge.agrees === true, Date.now()))
  const few = all.filter((i) => i % WRONG_EVERY === 1)
  const incrementalMs = await timed(async () => {
    const asOf = Date.now() - 5 * MINUTE_MS
    await Promise.all(
      regions.map((region) =>
        // Half of them are wrong now; and of those that were, none is looked at again.
        send(
          region,
          inboundSubject(region.name, 'erp'),
          few.map((i, n) => count(region, 'erp', i, stockOf(i) + (n % 2), asOf)),
        ),
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

async function send({ bus }: Region, subject: string, events: readonly object[]): Promise<void> {
  const underWay = new Set<Promise<unknown>>()
  for (let at = 0; at < events.length; at += PER_MESSAGE) {
    const body = JSON.stringify(events.slice(at, at + PER_MESSAGE))
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
  for (;;) {
    // A centre that catches up may answer late.
    const { regions } = await centre
      .get<{ regions: RegionOverview[] }>('/v1/regions')
      .catch(() => ({ regions: [] }))
    const isFresh = ({ edge }: RegionOverview): boolean =>
      comparedAfter === 0 || (edge.comparedAt !== null && Date.parse(edge.comparedAt) > comparedAfter)
    if (regions.length > 0 && regions.every((region) => isFresh(region) && isSo(region))) return
    if (performance.now() > end) throw new Error(`it did not come true: ${JSON.stringify(regions)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
