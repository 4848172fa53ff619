import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Variance, VarianceStep } from '../../shared/contract/variance-api.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { CentreProcess } from '../support/centre-process.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startCentral, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-variances-'))
let central: NatsServer
let leaf: NatsServer
let region: RegionProcess
let centre: CentreProcess

/** A short cadence, so that what is settled is soon seen. */
const CADENCE_MS = 1_500
const REASON = { reason: 'a test' }
const SIGNED = { author: 'ada', reason: 'a test' }

beforeAll(async () => {
  central = await startCentral()
  leaf = await startLeaf({ region: 'eu', leafPort: central.leafPort })
  region = new RegionProcess({ region: 'eu', folder, nats: leaf.url })
  await region.start()
  centre = await CentreProcess.start({
    folder,
    nats: central.url,
    regions: [{ region: 'eu', apiUrl: region.url, apiKey: RegionProcess.key }],
  })
  await letIn('ada', 'operator', ['eu'])
  await letIn('ben', 'approver', ['eu'])
  await letIn('una', 'admin', ['us'])
  await region.put('/v1/policies/tierSettings/*', {
    windowMs: 50,
    freshForMs: 5_000,
    reconcileEveryMs: CADENCE_MS,
    ...SIGNED,
  })
  await region.put('/v1/sources/wms-ber1', { role: 'wms', nodes: ['ber1'] })
  await region.put('/v1/sources/erp-eu', { role: 'erp' })
  await region.put('/v1/nodes/ber1', { source: 'wms-ber1' })
  await region.put('/v1/policies/correctionLimit/*', { units: 5, ...SIGNED })
  for (const sku of ['A', 'B', 'C', 'D', 'E']) await region.put(`/v1/items/${sku}`, { value: 250 })
}, 120_000)

afterAll(async () => {
  await centre?.stop()
  await region?.stop()
  await leaf?.stop()
  await central?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let ids = 0
async function tell(source: string, type: string, sku: string, atMs: number, data: object): Promise<void> {
  const event = {
    specversion: '1.0',
    id: `e${++ids}`,
    source,
    type: `plimsoll.stock.${type}`,
    time: formatInstant(atMs),
    subject: sku,
    data: { node: 'ber1', ...data },
  }
  const { body } = await region.call<{ results: { status: string }[] }>('/v1/events', {
    json: event,
    contentType: 'application/cloudevents+json',
  })
  expect(body.results).toMatchObject([{ status: 'accepted' }])
}
const receive = (sku: string, atMs: number, quantity: number) =>
  tell('wms-ber1', 'received', sku, atMs, { quantity })
const count = (source: string, sku: string, atMs: number, onHand: number) =>
  tell(source, 'counted', sku, atMs, { states: { onHand }, asOf: formatInstant(atMs) })

const all = async (query: string): Promise<Variance[]> =>
  (await centre.get<{ variances: Variance[] }>(`/v1/variances?${query}`)).variances
const read = (id: string) => centre.get<Variance & { history: VarianceStep[] }>(`/v1/variances/${id}`)
const stepsOf = async (id: string): Promise<string[]> => (await read(id)).history.map(({ what }) => what)

/** Ada may act and Ben may approve; Una may only act in another region. */
const tokens = new Map<string, string>()
async function letIn(name: string, role: string, regions: readonly string[]): Promise<void> {
  const { body } = await post('/v1/tokens', CentreProcess.key, { name, grants: [{ role, regions }] })
  tokens.set(name, (body as unknown as { token: string }).token)
}

const act = (id: string, step: string, json: object, by = 'ada') =>
  post(`/v1/variances/${id}/${step}`, tokens.get(by)!, json)

async function post(path: string, key: string, json: object): Promise<{ status: number; body: Variance }> {
  const response = await fetch(`${centre.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(json),
    signal: AbortSignal.timeout(10_000),
  })
  return { status: response.status, body: (await response.json()) as Variance }
}

async function openVariance(sku: string): Promise<Variance> {
  await eventually(async () => (await all(`sku=${sku}&state=open`)).length === 1, 15_000)
  return (await all(`sku=${sku}&state=open`))[0]!
}
const onHand = async (sku: string): Promise<number> =>
  (await region.call<{ nodes: { onHand: number }[] }>(`/v1/positions/${sku}`)).body.nodes[0]!.onHand

describe('goods in flight', () => {
  test('are no variance: a fact that comes after the count takes the difference away', async () => {
    const now = Date.now()
    await receive('A', now - 500, 10)
    await count('erp-eu', 'A', now, 14)
    await eventually(async () => (await all('sku=A&settled=false')).length === 1)
    expect(await all('sku=A&settled=false')).toMatchObject([{ class: 'timing', difference: 4, actions: [] }])
    expect(await all('sku=A')).toEqual([])
    await receive('A', now - 100, 4)
    await eventually(async () => (await all('sku=A&settled=false&state=converged')).length === 1, 15_000)
    expect(await all('sku=A')).toEqual([])
    const { regions } = await centre.get<{ regions: { variancesOpen: number }[] }>('/v1/regions')
    expect(regions[0]!.variancesOpen).toBe(0)
  })
})

describe('a variance', () => {
  test('says how much, what it is worth, since when, and keeps its history until the fact is told after all', async () => {
    const now = Date.now()
    await receive('B', now - 500, 10)
    await count('erp-eu', 'B', now, 13)
    const found = await openVariance('B')
    expect(found).toMatchObject({
      region: 'eu',
      kind: 'count',
      source: 'erp-eu',
      node: 'ber1',
      subject: 'onHand',
      difference: 3,
      value: 750,
      tier: 'B',
      owner: null,
      evidence: { counted: 13, ledger: 10, standing: 'observer' },
      actions: ['accept', 'correct'],
    })
    expect((await act(found.id, 'own', { owner: 'ben' })).body).toMatchObject({ owner: 'ben' })
    expect(await all('owner=ben')).toHaveLength(1)
    await receive('B', now - 200, 3)
    await eventually(async () => (await read(found.id)).state === 'replayed', 15_000)
    expect(await stepsOf(found.id)).toEqual(['in-flight', 'opened', 'owned', 'replayed'])
  })

  test('is corrected alone within the region’s limit', async () => {
    const now = Date.now()
    await receive('C', now - 500, 10)
    await count('erp-eu', 'C', now, 8)
    const { id } = await openVariance('C')
    const { status, body } = await act(id, 'correct', { reason: 'two broke' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      state: 'corrected',
      proposal: { status: 'applied', delta: -2 },
      actions: [],
    })
    expect(await onHand('C')).toBe(8)
    expect((await act(id, 'accept', REASON)).status).toBe(409)
  })

  test('above the limit waits for a second person, wherever that person decides', async () => {
    const now = Date.now()
    await receive('D', now - 500, 100)
    await count('erp-eu', 'D', now, 60)
    const { id } = await openVariance('D')
    const { body } = await act(id, 'correct', { reason: 'a pallet is gone' })
    expect(body).toMatchObject({
      state: 'open',
      proposal: { status: 'waiting', delta: -40, limitUnits: 5 },
      actions: ['accept', 'approve', 'reject'],
    })
    expect(await onHand('D')).toBe(100)
    expect((await act(id, 'approve', {})).status).toBe(403)
    expect((await act(id, 'approve', {}, 'una')).status).toBe(403)
    await region.call(`/v1/corrections/${body.proposal!.correction}/reject`, { json: { author: 'ben' } })
    await eventually(async () => (await read(id)).proposal?.status === 'rejected')
    expect((await read(id)).actions).toEqual(['accept', 'correct'])

    const own = await act(id, 'correct', { reason: 'counted again: gone' }, 'ben')
    expect(await act(id, 'approve', {}, 'ben')).toMatchObject({
      status: 409,
      body: { type: '/problems/same-person' },
    })
    expect(own.body.proposal).toMatchObject({ status: 'waiting', author: 'token:ben' })
    await act(id, 'reject', {})
    const again = await act(id, 'correct', { reason: 'counted again: gone' })
    expect(again.body.proposal).toMatchObject({ status: 'waiting' })
    const approved = await act(id, 'approve', { reason: 'seen' }, 'ben')
    expect(approved.body).toMatchObject({ state: 'corrected', proposal: { decidedBy: 'token:ben' } })
    expect(await onHand('D')).toBe(60)
    expect(await stepsOf(id)).toEqual([
      'in-flight',
      'opened',
      'proposed',
      'rejected',
      'proposed',
      'rejected',
      'proposed',
      'corrected',
    ])
  })

  test('that is accepted stays so until it becomes another difference', async () => {
    const now = Date.now()
    await receive('E', now - 500, 10)
    await count('erp-eu', 'E', now, 9)
    const { id } = await openVariance('E')
    expect((await act(id, 'accept', { reason: 'a sample' })).body.state).toBe('accepted')
    await count('erp-eu', 'E', now + 1, 9)
    await new Promise((resolve) => setTimeout(resolve, 2 * CADENCE_MS + 1_500))
    expect(await all('sku=E&state=open')).toEqual([])
    await count('erp-eu', 'E', now + 2, 7)
    expect(await openVariance('E')).toMatchObject({ difference: -3 })
  })
})

describe('what is asked of variances', () => {
  test('is paged by a cursor in each order, and filtered', async () => {
    for (const sort of ['updated', 'oldest', 'value']) {
      const whole = (await all(`sort=${sort}`)).map(({ id }) => id)
      const paged: string[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: { variances: Variance[]; cursor: string | null } = await centre.get(
          `/v1/variances?sort=${sort}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
        )
        paged.push(...page.variances.map(({ id }) => id))
        cursor = page.cursor
      }
      expect(paged).toEqual(whole)
      expect(new Set(paged).size).toBe(whole.length)
    }
    expect((await all('valueMin=9000')).map(({ sku }) => sku)).toEqual(['D'])
    const { trend } = await centre.get<{ trend: { opened: number; closed: number }[] }>('/v1/variances/trend')
    const opened = trend.reduce((sum, it) => sum + it.opened, 0)
    expect(opened).toBe((await all('limit=1000')).length)
  })

  test('are summed for everybody over the regions that they may see', async () => {
    const openedFor = async (name: string): Promise<number> => {
      const response = await fetch(`${centre.url}/v1/variances/trend`, {
        headers: { authorization: `Bearer ${tokens.get(name)!}` },
        signal: AbortSignal.timeout(10_000),
      })
      expect(response.status).toBe(200)
      const { trend } = (await response.json()) as { trend: { opened: number }[] }
      return trend.reduce((sum, it) => sum + it.opened, 0)
    }
    expect(await openedFor('ada')).toBe((await all('limit=1000')).length)
    expect(await openedFor('una')).toBe(0)
  })

  test('is refused by name when it is not understood', async () => {
    const strange = await fetch(`${centre.url}/v1/variances?colour=red`, {
      headers: { authorization: `Bearer ${CentreProcess.key}` },
    })
    expect(strange.status).toBe(400)
    expect((await act('nothing', 'accept', REASON)).status).toBe(404)
    expect((await act('nothing', 'accept', { ...REASON, colour: 'red' })).status).toBe(400)
  })

  test('a region that can’t be reached is said to be so, and nothing is lost', async () => {
    const [{ id }] = (await all('sku=E&state=open')) as [Variance]
    await region.stop()
    expect(await act(id, 'correct', { reason: 'x' })).toMatchObject({
      status: 503,
      body: { type: '/problems/region-unavailable' },
    })
    expect((await read(id)).proposal).toBeNull()
  })
})
