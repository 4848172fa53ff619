import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JournalCompared, RegionOverview } from '../../shared/contract/centre-api.ts'
import { inboundSubject } from '../../shared/contract/subjects.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { type Bus, connectBus } from '../../shared/node/nats.ts'
import { CentreProcess } from '../support/centre-process.ts'
import { CuttableLink } from '../support/cuttable-link.ts'
import { EdgeProcess } from '../support/edge-process.ts'
import { type NatsServer, startCentral, startLeaf } from '../support/nats-servers.ts'
import { eventually } from '../support/eventually.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-cut-link-'))
let central: NatsServer
let link: CuttableLink
let leaf: NatsServer
let bus: Bus
let edge: EdgeProcess
let region: RegionProcess
let centre: CentreProcess

beforeAll(async () => {
  central = await startCentral()
  link = await CuttableLink.start(central.leafPort)
  leaf = await startLeaf({ region: 'eu', leafPort: link.port })
  bus = await connectBus('wms', { servers: [leaf.url] })
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
  await region.put('/v1/sources/wms-ber1', { role: 'wms' })
  await region.put('/v1/nodes/ber1', {})
  await region.put('/v1/items/X', { tier: 'A' })
}, 120_000)

afterAll(async () => {
  await centre?.stop()
  await region?.stop()
  await edge?.stop()
  await bus?.close()
  await leaf?.stop()
  await link?.close()
  await central?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let sent = 0
/** The WMS receives units, one event each. */
async function receive(units: number): Promise<void> {
  const events = Array.from({ length: units }, () => ({
    specversion: '1.0',
    id: `r${++sent}`,
    source: 'wms-ber1',
    type: 'plimsoll.stock.received',
    time: formatInstant(1_790_000_000_000 + sent),
    subject: 'X',
    sequence: sent,
    data: { node: 'ber1', quantity: 1 },
  }))
  await bus.js.publish(inboundSubject('eu', 'wms-ber1'), JSON.stringify(events))
}

const seenByCentre = async (): Promise<RegionOverview> =>
  (await centre.get<{ regions: RegionOverview[] }>('/v1/regions')).regions[0]!
const MASTER_FACTS = 3

describe('a region whose link to the centre is cut', () => {
  test('is seen live by the centre, with its edge in agreement', async () => {
    await receive(50)
    await eventually(async () => (await edge.availableToSell('X')) === 50)
    await eventually(async () => (await seenByCentre()).factsApplied === 50 + MASTER_FACTS)
    await eventually(async () => (await seenByCentre()).edge.agrees === true, 20_000)
    expect(await seenByCentre()).toMatchObject({ link: 'live', variancesOpen: 0 })
  })

  test('works on, its edge answers on, and the centre says that it is silent', async () => {
    link.cut()
    for (let i = 0; i < 20; i++) await receive(100)
    await eventually(async () => (await edge.availableToSell('X')) === 2_050)
    expect((await edge.get('/v1/availability/X')).body).toMatchObject({ freshness: 'fresh' })
    await eventually(async () => (await seenByCentre()).link === 'silent', 20_000)
    expect((await seenByCentre()).factsApplied).toBe(50 + MASTER_FACTS)
  })

  test('is caught up with when the link is back, with nothing lost and nothing repeated', async () => {
    link.heal()
    await eventually(async () => (await seenByCentre()).link === 'live', 30_000)
    await eventually(async () => (await factsAtCentre()) >= 2_050 + MASTER_FACTS, 30_000)
    expect(await factsAtCentre()).toBe(2_050 + MASTER_FACTS)
    expect(await seenByCentre()).toMatchObject({ factsApplied: 2_050 + MASTER_FACTS, intakePending: 0 })
  })

  test('is caught up with by a centre that was killed meanwhile', async () => {
    await centre.kill9()
    for (let i = 0; i < 10; i++) await receive(100)
    await eventually(async () => (await edge.availableToSell('X')) === 3_050)
    await centre.start()
    await eventually(async () => (await factsAtCentre()) >= 3_050 + MASTER_FACTS, 30_000)
    expect(await factsAtCentre()).toBe(3_050 + MASTER_FACTS)
  })

  test('whose digests of what was taken, from the very first fact on, are the region’s own', async () => {
    const { journals } = await intake()
    await eventually(async () => ((await intake()).journals['eu']?.['FACTS']?.count ?? 0) >= 3_053, 20_000)
    expect((await intake()).journals['eu']!['FACTS']).toMatchObject({ from: 0, count: 3_053, agrees: true })
    expect(Object.values(journals['eu'] ?? {}).every(({ agrees }) => agrees)).toBe(true)
    expect((await centre.get<{ variances: unknown[] }>('/v1/variances?kind=journal')).variances).toEqual([])
  })
})

type Intake = {
  readonly facts: Record<string, number>
  readonly journals: Record<string, Record<string, JournalCompared>>
}
const intake = () => centre.get<Intake>('/v1/intake')
const factsAtCentre = async (): Promise<number> => (await intake()).facts['eu'] ?? 0
