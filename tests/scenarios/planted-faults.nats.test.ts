import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Table from 'cli-table3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Alert } from '../../shared/contract/alert-api.ts'
import type { Variance, VarianceStep } from '../../shared/contract/variance-api.ts'
import { Region } from '../../shared/domain/ids.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { CentreProcess } from '../support/centre-process.ts'
import { EdgeInHand } from '../support/edge-in-hand.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startCentral, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-planted-'))
const EU = Region.parse('eu')
const US = Region.parse('us')
const SIGNED = { author: 'ada', reason: 'a test' }
/** The cadence of every tier here, so that what is settled is soon seen; and what finding and classing may take beside it. */
const CADENCE_MS = 2_000
const FOUND_WITHIN_MS = CADENCE_MS + 13_000

let central: NatsServer
const leaves: NatsServer[] = []
let edge: EdgeInHand
let centre: CentreProcess
const regions = new Map<string, RegionProcess>()
const eu = (): RegionProcess => regions.get(EU)!

beforeAll(async () => {
  central = await startCentral()
  edge = await EdgeInHand.start(folder, [EU, US])
  await Promise.all([EU, US].map(startRegion))
  centre = await CentreProcess.start({
    folder,
    nats: central.url,
    regions: [EU, US].map((region) => ({
      region,
      apiUrl: regions.get(region)!.url,
      apiKey: RegionProcess.key,
    })),
    edge: { url: edge.url, operatorKey: edge.operatorKey },
  })
}, 180_000)

async function startRegion(region: Region): Promise<void> {
  const leaf = await startLeaf({ region, leafPort: central.leafPort })
  leaves.push(leaf)
  const process = new RegionProcess({
    region,
    folder,
    nats: leaf.url,
    edgeUrl: edge.url,
    pushSecret: edge.pushSecret,
  })
  await process.start()
  regions.set(region, process)
  const settings = { windowMs: 50, freshForMs: 5_000, reconcileEveryMs: CADENCE_MS, ...SIGNED }
  await process.put('/v1/policies/tierSettings/*', settings)
  await process.put('/v1/policies/correctionLimit/*', { units: 1_000, ...SIGNED })
  for (const node of region === EU ? ['ber1', 'ham1'] : ['nyc1']) {
    await process.put(`/v1/sources/wms-${node}`, { role: 'wms', nodes: [node] })
    await process.put(`/v1/nodes/${node}`, { source: `wms-${node}` })
  }
  await process.put(`/v1/sources/erp-${region}`, { role: 'erp' })
  for (const sku of ['DROPPED', 'DOUBLED', 'BOXES', 'SENT', 'ORDERED', 'OLD-1', 'OLD-2', 'BUSY'])
    await process.put(`/v1/items/${sku}`, { value: 250, uoms: { CASE: 12 } })
}

afterAll(async () => {
  watcher.isOn = false
  await watching
  await centre?.stop()
  await Promise.all([...regions.values()].map((region) => region.stop()))
  await edge?.stop()
  await Promise.all(leaves.map((leaf) => leaf.stop()))
  await central?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let ids = 0
let sequence = 0
type Told = {
  readonly source?: string
  readonly region?: Region
  readonly atMs?: number
  readonly isCounted?: boolean
}
/** Tells one event; the warehouse in Berlin counts its own. */
async function tell(type: string, sku: string | null, data: object, told: Told = {}): Promise<void> {
  const { source = 'wms-ber1', region = EU, atMs = Date.now(), isCounted = source === 'wms-ber1' } = told
  const event = {
    specversion: '1.0',
    id: `e${++ids}`,
    source,
    type: `plimsoll.${type}`,
    time: formatInstant(atMs),
    ...(sku === null ? {} : { subject: sku }),
    ...(isCounted ? { sequence: ++sequence } : {}),
    data,
  }
  const { body } = await regions.get(region)!.call<{ results: { status: string }[] }>('/v1/events', {
    json: event,
    contentType: 'application/cloudevents+json',
  })
  expect(body.results).toMatchObject([{ status: 'accepted' }])
}
const receive = (sku: string, quantity: number, told?: Told): Promise<void> =>
  tell('stock.received', sku, { node: 'ber1', quantity }, told)
/** What the ERP says lies there. */
const count = (sku: string, onHand: number, atMs = Date.now()): Promise<void> =>
  tell(
    'stock.counted',
    sku,
    { node: 'ber1', states: { onHand }, asOf: formatInstant(atMs) },
    { source: 'erp-eu', atMs },
  )

const read = (id: string) => centre.get<Variance & { history: VarianceStep[] }>(`/v1/variances/${id}`)
async function correct({ id }: Variance): Promise<void> {
  const answer = await fetch(`${centre.url}/v1/variances/${id}/correct`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CentreProcess.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'as the evidence says' }),
  })
  expect(answer.status).toBe(200)
}

type Fault = {
  readonly planted: string
  readonly plant: () => Promise<void>
  readonly isIt: (variance: Variance) => boolean
  readonly class: Variance['class']
  /** What closes it; nothing where it closes by itself. */
  readonly put?: { readonly right: string; readonly how: (variance: Variance) => Promise<void> }
  readonly closes: Variance['state']
}

const FAULTS: readonly Fault[] = [
  {
    planted: 'a WMS event is dropped',
    plant: async () => {
      const at = Date.now() - 5_000
      await receive('DROPPED', 10, { atMs: at })
      lost = { sequence: ++sequence, atMs: at + 1_000 }
      await receive('DROPPED', 5, { atMs: at + 2_000 })
      await count('DROPPED', 19)
    },
    isIt: ({ kind, sku }) => kind === 'count' && sku === 'DROPPED',
    class: 'missing-event',
    put: { right: 'the WMS sends it again', how: () => tellLost() },
    closes: 'replayed',
  },
  {
    planted: 'the hole in the counter that it leaves',
    plant: () => Promise.resolve(),
    isIt: ({ kind, subject }) => kind === 'source' && subject === 'counter',
    class: 'missing-event',
    put: { right: 'the WMS sends it again', how: () => tellLost() },
    closes: 'replayed',
  },
  {
    planted: 'a WMS event is told twice, with another id',
    plant: async () => {
      await receive('DOUBLED', 30, { atMs: Date.now() - 5_000 })
      const at = Date.now() - 4_000
      await receive('DOUBLED', 7, { atMs: at })
      await receive('DOUBLED', 7, { atMs: at })
      await count('DOUBLED', 37)
    },
    isIt: ({ kind, sku }) => kind === 'count' && sku === 'DOUBLED',
    class: 'duplicate',
    put: { right: 'a correction', how: correct },
    closes: 'corrected',
  },
  {
    planted: 'boxes are told as pieces',
    plant: async () => {
      await receive('BOXES', 3, { atMs: Date.now() - 5_000 })
      await count('BOXES', 36)
    },
    isIt: ({ kind, sku }) => kind === 'count' && sku === 'BOXES',
    class: 'unit',
    put: { right: 'a correction', how: correct },
    closes: 'corrected',
  },
  {
    planted: 'a transfer receipt is lost',
    plant: async () => {
      await receive('SENT', 10)
      const data = { transfer: 'T1', from: 'ber1', to: 'nyc1', quantity: 4 }
      await tell('transfer.shipped', 'SENT', { ...data, expectedAt: formatInstant(Date.now() + 500) })
    },
    isIt: ({ kind }) => kind === 'transfer',
    class: 'missing-event',
    put: {
      right: 'the receipt is told',
      how: () =>
        tell(
          'transfer.received',
          'SENT',
          { transfer: 'T1', from: 'ber1', to: 'nyc1', quantity: 4 },
          { source: 'wms-nyc1', region: US },
        ),
    },
    closes: 'replayed',
  },
  {
    planted: 'an order is sent to two regions',
    plant: async () => {
      for (const region of [EU, US])
        await tell('order.accepted', null, order('web:1'), { source: `erp-${region}`, region })
    },
    isIt: ({ kind, subject }) => kind === 'order' && subject === 'web:1',
    class: 'duplicate',
    put: {
      right: 'one region cancels it',
      how: async () => {
        await eventually(() => isAlerted('web:1'))
        await tell('order.cancelled', null, { orderRef: 'web:1' }, { source: 'erp-us', region: US })
      },
    },
    closes: 'converged',
  },
  {
    planted: 'an edge shard is overwritten with an old one',
    plant: overwriteShard,
    isIt: ({ kind }) => kind === 'edge',
    class: 'missing-event',
    closes: 'corrected',
  },
  {
    planted: 'a source falls silent',
    plant: async () => {
      const limits = { maxSilenceMs: 1_000, downAfterMs: 600_000 }
      const serve = { action: 'serve' }
      await eu().put('/v1/policies/freshness/source:wms-ham1', {
        ...limits,
        late: serve,
        down: serve,
        ...SIGNED,
      })
    },
    isIt: ({ kind, subject, source }) => kind === 'source' && subject === 'silence' && source === 'wms-ham1',
    class: 'timing',
    put: {
      right: 'it speaks again',
      how: async () => {
        await eu().put('/v1/policies/freshness/source:wms-ham1', {
          maxSilenceMs: 600_000,
          downAfterMs: 900_000,
          late: { action: 'serve' },
          down: { action: 'serve' },
          ...SIGNED,
        })
        await tell('source.heartbeat', null, {}, { source: 'wms-ham1' })
      },
    },
    closes: 'converged',
  },
]

const isAlerted = async (orderRef: string): Promise<boolean> =>
  (await centre.get<{ alerts: Alert[] }>('/v1/alerts?state=firing')).alerts.some(
    ({ kind, subject }) => kind === 'duplicate-reservation' && subject === orderRef,
  )
const order = (orderRef: string) => ({
  orderRef,
  channel: 'web',
  lines: [{ line: '1', sku: 'ORDERED', quantity: 1 }],
})

let lost = { sequence: 0, atMs: 0 }
let isLostTold: Promise<void> | null = null
/** The dropped event, as the warehouse has it in its books. */
function tellLost(): Promise<void> {
  const { sequence: own, atMs } = lost
  return (isLostTold ??= eu()
    .call<{ results: { status: string }[] }>('/v1/events', {
      json: {
        specversion: '1.0',
        id: 'the-lost-one',
        source: 'wms-ber1',
        type: 'plimsoll.stock.received',
        time: formatInstant(atMs),
        subject: 'DROPPED',
        sequence: own,
        data: { node: 'ber1', quantity: 4 },
      },
      contentType: 'application/cloudevents+json',
    })
    .then(({ body }) => expect(body.results).toMatchObject([{ status: 'accepted' }])))
}

async function overwriteShard(): Promise<void> {
  const db = await edge.db
  const rows = async () => (await db.prepare('SELECT shard, version, digest, body FROM shard').all()).results
  const figure = async (): Promise<number> =>
    (await edge.get<{ availableToSell: number }>('/v1/availability/OLD-1?region=eu')).body.availableToSell
  await receive('OLD-1', 10)
  await eventually(async () => (await figure()) === 10)
  const before = new Map((await rows()).map((row) => [row['shard'], row]))
  await receive('OLD-1', 5)
  await eventually(async () => (await figure()) === 15)
  const now = (await rows()).find((row) => holdsOther(row, before.get(row['shard'])!))!
  const { version, digest, body } = before.get(now['shard']) as Record<string, number | string>
  await db
    .prepare('UPDATE shard SET version = ?1, digest = ?2, body = ?3 WHERE shard = ?4')
    .bind(version, digest, body, now['shard'])
    .run()
}

const holdsOther = (row: Record<string, unknown>, before: Record<string, unknown>): boolean =>
  row['digest'] !== before['digest']

type Seen = { variance: Variance; foundAfterMs: number }
const plantedAt = new Map<Fault, number>()
const seen = new Map<Fault, Seen>()
const watcher = { isOn: true }
let watching: Promise<void> = Promise.resolve()

/** Everything that the centre calls a variance while the test goes on. */
const everSettled = new Map<string, Variance>()
async function watch(): Promise<void> {
  while (watcher.isOn) {
    const { variances } = await centre.get<{ variances: Variance[] }>('/v1/variances?limit=1000')
    for (const it of variances) everSettled.set(it.id, it)
    for (const fault of FAULTS) {
      const found = variances.find((it) => fault.isIt(it) && it.class === fault.class)
      if (found && !seen.has(fault) && plantedAt.has(fault))
        seen.set(fault, { variance: found, foundAfterMs: Date.now() - plantedAt.get(fault)! })
    }
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

/** Goods that come and are counted while the news of some of them is on its way. */
async function load(until: () => boolean): Promise<void> {
  let onHand = 0
  while (!until()) {
    const at = Date.now()
    await receive('BUSY', 2, { atMs: at - 2 })
    await count('BUSY', (onHand += 5), at)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await receive('BUSY', 3, { atMs: at - 1 })
  }
}

describe('planted in a running system, under load', () => {
  beforeAll(async () => {
    watching = watch()
    await eventually(async () => (await edge.digests()).length > 0)
    for (const fault of FAULTS) {
      await fault.plant()
      plantedAt.set(fault, Date.now())
    }
    const isOver = (): boolean => seen.size === FAULTS.length || Date.now() > until
    const until = Date.now() + FOUND_WITHIN_MS + 5_000
    await load(isOver)
  }, 120_000)

  for (const fault of FAULTS) {
    test(`${fault.planted}: it is found in its class within its cadence, and closes`, async () => {
      const found = seen.get(fault)
      expect(found, `${fault.planted} was not found`).toBeDefined()
      expect(found!.foundAfterMs).toBeLessThan(FOUND_WITHIN_MS)
      await fault.put?.how(found!.variance)
      await eventually(async () => (await read(found!.variance.id)).state === fault.closes, 20_000)
    })
  }

  test('the skus behind an edge shard that differs are named with what both have', async () => {
    const { variance } = seen.get(FAULTS.find(({ planted }) => planted.includes('edge shard'))!)!
    expect(await read(variance.id)).toMatchObject({
      region: 'eu',
      difference: 5,
      value: 1_250,
      evidence: { skus: [{ sku: 'OLD-1', edge: 10, ledger: 15 }], skusDiffering: 1 },
      history: [{ what: 'opened' }, { what: 'repairing' }, { what: 'corrected' }],
    })
  })

  test('an item whose unit regions have otherwise is seen, and is none when they agree before it had its time', async () => {
    const put = (perCase: number) =>
      regions.get(US)!.put('/v1/items/OLD-2', { value: 250, uoms: { CASE: perCase } })
    const seenAs = async (state: string): Promise<Variance[]> =>
      (await centre.get<{ variances: Variance[] }>(`/v1/variances?kind=master&settled=false&state=${state}`))
        .variances
    await put(24)
    await eventually(async () => (await seenAs('open')).length === 1)
    expect(await seenAs('open')).toMatchObject([{ sku: 'OLD-2', subject: 'uoms', region: 'eu', actions: [] }])
    await put(12)
    await eventually(async () => (await seenAs('converged')).length === 1)
  })

  test('nothing else was ever a variance, and the same order in the same region again is told and counts once', async () => {
    for (const source of ['erp-eu', 'wms-ber1'])
      await tell('order.accepted', null, order('web:2'), { source })
    await eventually(() => isAlerted('web:2'))
    watcher.isOn = false
    await watching
    const strange = [...everSettled.values()].filter(
      (it) => !FAULTS.some((fault) => fault.isIt(it)) && it.evidence['countsOnce'] !== true,
    )
    expect(strange).toEqual([])
    process.stdout.write(`${await tableOf()}\n`)
  })
})

async function tableOf(): Promise<string> {
  const style = { head: [], border: [] }
  const table = new Table({ head: ['planted', 'found as', 'within', 'closed by', 'closed as'], style })
  for (const fault of FAULTS) {
    const { variance, foundAfterMs } = seen.get(fault)!
    const { kind, class: found, state } = await read(variance.id)
    const by = fault.put?.right ?? 'itself: the region sends the shard again'
    table.push([fault.planted, `${kind}, ${found}`, `${(foundAfterMs / 1000).toFixed(1)} s`, by, state])
  }
  return table.toString()
}
