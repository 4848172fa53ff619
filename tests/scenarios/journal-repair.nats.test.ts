import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../hub/store/database.ts'
import { sql } from '../../hub/store/drizzle.ts'
import type { JournalCompared } from '../../shared/contract/centre-api.ts'
import type { Variance, VarianceStep } from '../../shared/contract/variance-api.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { type Bus, connectBus } from '../../shared/node/nats.ts'
import { CentreProcess } from '../support/centre-process.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startCentral, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-journal-repair-'))
const WITHIN_MS = 20_000
let central: NatsServer
let leaf: NatsServer
let bus: Bus
let region: RegionProcess
let centre: CentreProcess

beforeAll(async () => {
  central = await startCentral()
  leaf = await startLeaf({ region: 'eu', leafPort: central.leafPort })
  bus = await connectBus('centre-hand', { servers: [central.url] })
  region = new RegionProcess({ region: 'eu', folder, nats: leaf.url })
  await region.start()
  centre = await CentreProcess.start({
    folder,
    nats: central.url,
    regions: [{ region: 'eu', apiUrl: region.url, apiKey: RegionProcess.key }],
  })
  await region.put('/v1/sources/wms-ber1', { role: 'wms' })
  await region.put('/v1/nodes/ber1', {})
  await region.put('/v1/items/X', {})
  for (let i = 0; i < 20; i++) await receive()
  await eventually(async () => (await factsAtCentre()) === MASTER_FACTS + told, WITHIN_MS)
}, 120_000)

afterAll(async () => {
  await centre?.stop()
  await region?.stop()
  await bus?.close()
  await leaf?.stop()
  await central?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const MASTER_FACTS = 3
let told = 0
async function receive(): Promise<void> {
  const event = {
    specversion: '1.0',
    id: `r${++told}`,
    source: 'wms-ber1',
    type: 'plimsoll.stock.received',
    time: formatInstant(1_790_000_000_000 + told),
    subject: 'X',
    data: { node: 'ber1', quantity: told },
  }
  const contentType = 'application/cloudevents+json'
  const { body } = await region.call<{ results: object[] }>('/v1/events', { json: event, contentType })
  expect(body.results).toMatchObject([{ status: 'accepted' }])
}

type Intake = {
  readonly facts: Record<string, number>
  readonly journals: Record<string, Record<string, JournalCompared>>
}
const intake = () => centre.get<Intake>('/v1/intake')
const factsAtCentre = async (): Promise<number> => (await intake()).facts['eu'] ?? 0
const journalVariances = async (state: string): Promise<Variance[]> =>
  (await centre.get<{ variances: Variance[] }>(`/v1/variances?kind=journal&state=${state}`)).variances
const read = (id: string) => centre.get<Variance & { history: VarianceStep[] }>(`/v1/variances/${id}`)

async function repair({ id }: Variance): Promise<void> {
  const answer = await fetch(`${centre.url}/v1/variances/${id}/repair`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CentreProcess.key}`, 'content-type': 'application/json' },
    body: '{}',
  })
  expect(answer.status).toBe(200)
}

/** What the centre's database has of the facts, and changes to it, while its process is down. */
async function byHand<T>(
  work: (db: Awaited<ReturnType<typeof openDatabase>>['db']) => Promise<T>,
): Promise<T> {
  await centre.stop()
  const { db, close } = await openDatabase({ dataDir: join(folder, 'centre') })
  try {
    return await work(db)
  } finally {
    await close()
    await centre.start()
  }
}
const rows = () =>
  byHand(async (db) => {
    const answer = await db.execute(sql`select id, body->'data'->>'quantity' as quantity, subject from fact
      where source = 'wms-ber1' order by length(id), id`)
    return (answer as unknown as { rows: { id: string; quantity: string; subject: string }[] }).rows
  })

test('a row that was removed, one that was altered and one that nobody told are found, and become the region’s again', async () => {
  await byHand(async (db) => {
    await db.execute(sql`delete from fact where id = 'r3'`)
    await db.execute(sql`update fact set body = jsonb_set(body, '{data,quantity}', '999') where id = 'r7'`)
    await db.execute(sql`insert into fact select region, source, 'forged', type, subject, node, order_ref,
      correlation_id, time, body, part from fact where id = 'r8'`)
    await db.execute(sql`insert into fact select region, source, 'forged-2', type, subject, node, order_ref,
      correlation_id, time, body, part from fact where id = 'r9'`)
  })
  await eventually(async () => (await journalVariances('open')).length === 1, WITHIN_MS)
  const [found] = (await journalVariances('open')) as [Variance]
  expect(found).toMatchObject({
    region: 'eu',
    subject: 'FACTS',
    difference: 1,
    actions: ['accept', 'repair'],
  })
  await repair(found)
  const after = await read(found.id)
  expect(after.state).toBe('corrected')
  expect(after.history.map(({ detail }) => detail).join('\n')).toContain(
    '1 facts were missing, 1 others, 2 not the region',
  )
  expect(await rows()).toEqual(
    Array.from({ length: told }, (_, i) => ({ id: `r${i + 1}`, quantity: String(i + 1), subject: 'X' })),
  )
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  expect(await journalVariances('open')).toEqual([])
}, 120_000)

test('a message that was lost on the way is found by the digests, and is read again from the region', async () => {
  await byHand(async () => {
    await receive()
    await receive()
    const copy = async () => (await bus.jsm.streams.info('FACTS_eu')).state.last_seq
    await eventually(async () => (await copy()) === MASTER_FACTS + told, WITHIN_MS)
    await bus.jsm.streams.deleteMessage('FACTS_eu', (await copy()) - 1)
  })
  await eventually(async () => (await journalVariances('open')).length === 1, WITHIN_MS)
  const [found] = (await journalVariances('open')) as [Variance]
  expect(found).toMatchObject({ class: 'missing-event', difference: -1, actions: ['accept', 'repair'] })
  expect(await factsAtCentre()).toBe(MASTER_FACTS + told - 1)
  await repair(found)
  expect((await read(found.id)).state).toBe('corrected')
  expect(await factsAtCentre()).toBe(MASTER_FACTS + told)
  await receive()
  await eventually(
    async () => (await intake()).journals['eu']?.['FACTS']?.sequence === MASTER_FACTS + told,
    WITHIN_MS,
  )
  expect((await intake()).journals['eu']!['FACTS']).toMatchObject({
    agrees: true,
    count: MASTER_FACTS + told,
  })
  expect(await journalVariances('open')).toEqual([])
}, 120_000)
