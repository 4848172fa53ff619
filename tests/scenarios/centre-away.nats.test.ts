import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JournalCompared, RegionOverview } from '../../shared/contract/centre-api.ts'
import { inboundSubject } from '../../shared/contract/subjects.ts'
import type { Variance } from '../../shared/contract/variance-api.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { type Bus, connectBus } from '../../shared/node/nats.ts'
import { CentreProcess } from '../support/centre-process.ts'
import { EdgeProcess } from '../support/edge-process.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startCentral, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

/** An hour of a busy region, told as fast as it can be: ten receipts and sales a second, and a count of each sku at its end. */
const HOUR_MS = 3_600_000
const PER_SECOND = 10
const EVENTS = (HOUR_MS / 1_000) * PER_SECOND
const SKUS = 100
const PER_MESSAGE = 500
/** The ERP counts each tenth sku wrong, by its place. */
const WRONG_EVERY = 10
const MASTER_FACTS = 3 + SKUS
const CAUGHT_UP_WITHIN_MS = 60_000

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-centre-away-'))
let central: NatsServer
let leaf: NatsServer
let bus: Bus
let edge: EdgeProcess
let region: RegionProcess
let centre: CentreProcess

beforeAll(async () => {
  central = await startCentral()
  leaf = await startLeaf({ region: 'eu', leafPort: central.leafPort })
  bus = await connectBus('systems', { servers: [leaf.url] })
  edge = await EdgeProcess.start({ folder, regions: ['eu'] })
  region = new RegionProcess({
    region: 'eu',
    folder,
    nats: leaf.url,
    edgeUrl: edge.url,
    pushSecret: edge.pushSecret('eu'),
  })
  await region.start()
  centre = await CentreProcess.start({
    folder,
    nats: central.url,
    regions: [{ region: 'eu', apiUrl: region.url, apiKey: RegionProcess.key }],
    edge: { url: edge.url, operatorKey: edge.operatorKey },
  })
  await region.put('/v1/sources/wms-ber1', { role: 'wms', nodes: ['ber1'] })
  await region.put('/v1/sources/erp-eu', { role: 'erp' })
  await region.put('/v1/nodes/ber1', { source: 'wms-ber1' })
  const items = Array.from({ length: SKUS }, (_, i) => ({ sku: skuOf(i), tier: 'A', value: 100 }))
  await region.call('/v1/items:batch', { json: items })
  await eventually(async () => (await seenByCentre()).factsApplied === MASTER_FACTS, 20_000)
}, 120_000)

afterAll(async () => {
  await centre?.stop()
  await region?.stop()
  await edge?.stop()
  await bus?.close()
  await leaf?.stop()
  await central?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const skuOf = (i: number): string => `SKU-${i}`
const startedAt = Date.now() - HOUR_MS - 120_000
const onHand = Array.from({ length: SKUS }, () => 0)

/** The hour's events in order; what lies there at its end is in `onHand`. */
const hour = Array.from({ length: EVENTS }, (_, n) => {
  const i = n % SKUS
  // Three are received for each that is sold.
  const [type, quantity] = Math.floor(n / SKUS) % 2 === 0 ? ['received', 3] : ['shipped', 1]
  onHand[i]! += type === 'received' ? 3 : -1
  return event('wms-ber1', `e${n}`, `stock.${type}`, i, startedAt + n * (1_000 / PER_SECOND), { quantity })
})
const counts = Array.from({ length: SKUS }, (_, i) => {
  const at = startedAt + HOUR_MS + 1_000
  const counted = onHand[i]! - (i % WRONG_EVERY === 0 ? i + 1 : 0)
  return event('erp-eu', `c${i}`, 'stock.counted', i, at, {
    states: { onHand: counted },
    asOf: formatInstant(at),
  })
})

function event(source: string, id: string, type: string, i: number, at: number, data: object): object {
  return {
    specversion: '1.0',
    id,
    source,
    type: `plimsoll.${type}`,
    time: formatInstant(at),
    subject: skuOf(i),
    data: { node: 'ber1', ...data },
  }
}

async function tell(source: string, events: readonly object[]): Promise<void> {
  for (let at = 0; at < events.length; at += PER_MESSAGE)
    await bus.js.publish(inboundSubject('eu', source), JSON.stringify(events.slice(at, at + PER_MESSAGE)))
}

const seenByCentre = async (): Promise<RegionOverview> =>
  (await centre.get<{ regions: RegionOverview[] }>('/v1/regions')).regions[0]!
const intake = () =>
  centre.get<{
    facts: Record<string, number>
    journals: Record<string, Record<string, JournalCompared>>
  }>('/v1/intake')
const open = async (query = ''): Promise<Variance[]> =>
  (await centre.get<{ variances: Variance[] }>(`/v1/variances?state=open&limit=1000${query}`)).variances

describe('a centre that is killed for an hour of events', () => {
  test('is missed by nobody: the region folds and promises, and the edge answers as fresh as ever', async () => {
    await centre.kill9()
    await tell('wms-ber1', hour)
    await tell('erp-eu', counts)
    for (const i of [0, 41, SKUS - 1])
      await eventually(async () => (await edge.availableToSell(skuOf(i))) === onHand[i], 60_000)
    const { status, body } = await edge.get(`/v1/availability/${skuOf(7)}`)
    expect({ status, ...body }).toMatchObject({ status: 200, freshness: 'fresh' })
    const held = await region.call('/v1/reservations', {
      json: { orderRef: 'web:1', channel: 'web', lines: [{ line: '1', sku: skuOf(7), quantity: 2 }] },
      headers: { 'idempotency-key': 'r-1' },
    })
    expect(held.status).toBe(201)
    await eventually(async () => (await edge.availableToSell(skuOf(7))) === onHand[7]! - 2, 10_000)
  }, 120_000)

  test('has all of it when it is back, each fact once, as the region’s journal has it', async () => {
    await centre.start()
    const facts = MASTER_FACTS + EVENTS + SKUS
    await eventually(async () => (await intake()).facts['eu'] === facts, CAUGHT_UP_WITHIN_MS)
    await eventually(
      async () => (await intake()).journals['eu']?.['FACTS']?.count === facts,
      CAUGHT_UP_WITHIN_MS,
    )
    const { journals } = await intake()
    expect(journals['eu']!['FACTS']).toMatchObject({ from: 0, count: facts, agrees: true })
    expect(journals['eu']!['DECISIONS']).toMatchObject({ agrees: true })
    expect(await seenByCentre()).toMatchObject({ link: 'live', intakePending: 0, factsBehind: 0 })
  }, 120_000)

  test('finds the differences of that hour, and no other', async () => {
    const wrong = Array.from({ length: SKUS }, (_, i) => i).filter((i) => i % WRONG_EVERY === 0)
    await eventually(async () => (await open('&kind=count')).length === wrong.length, CAUGHT_UP_WITHIN_MS)
    const found = new Map((await open()).map(({ sku, difference }) => [sku, difference]))
    expect(found).toEqual(new Map(wrong.map((i) => [skuOf(i), -(i + 1)])))
    await eventually(async () => (await seenByCentre()).edge.agrees === true, 20_000)
  }, 120_000)
})
