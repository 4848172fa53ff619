import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FeedStatus } from '../../shared/contract/feed-api.ts'
import { connectBus } from '../../shared/node/nats.ts'
import { ChannelReceiver } from '../support/channel-receiver.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

/** One region, two processes: whichever writes feeds, and goes on where the other stopped. */

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-feeds-taken-over-'))
let nats: NatsServer
let one: RegionProcess
let two: RegionProcess
let shop: ChannelReceiver

beforeAll(async () => {
  nats = await startLeaf({ region: 'eu' })
  shop = await ChannelReceiver.start()
  const secret = `whsec_${Buffer.from('a secret of 32 bytes for testing').toString('base64')}`
  const feeds = [{ channel: 'shop', kind: 'webhook', url: shop.url, secret, perSecond: 100, burst: 100 }]
  const process = (dataName: string) =>
    new RegionProcess({ region: 'eu', folder, nats: nats.url, dataName, more: { feeds } })
  one = process('one')
  two = process('two')
  await one.start()
  await one.put('/v1/sources/wms', { role: 'wms' })
  await one.put('/v1/nodes/ber1', { source: 'wms' })
  await one.put('/v1/policies/tierSettings/*', {
    windowMs: 50,
    freshForMs: 30_000,
    author: 'test',
    reason: 'quick',
  })
  for (const sku of ['X', 'Y', 'Z']) await one.put(`/v1/items/${sku}`, {})
  await two.start()
})

afterAll(async () => {
  two?.signal('SIGCONT')
  await Promise.all([one?.stop(), two?.stop()])
  await shop?.stop()
  await nats?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let receipts = 0
async function receive(at: RegionProcess, sku: string, quantity: number): Promise<void> {
  await at.call('/v1/events', {
    json: {
      specversion: '1.0',
      id: `r${receipts++}`,
      source: 'wms',
      type: 'plimsoll.stock.received',
      time: '2026-11-20T10:00:00Z',
      subject: sku,
      data: { node: 'ber1', quantity },
    },
    contentType: 'application/cloudevents+json',
  })
}

type Figure = { sku: string; availableToSell: number; epoch: number; version: number }
const told = (sku: string): Figure[] =>
  shop.received
    .flatMap(({ body }) => (JSON.parse(body) as { figures: Figure[] }).figures)
    .filter((it) => it.sku === sku)
const isTold = (sku: string, figure: number): Promise<void> =>
  eventually(async () => told(sku).at(-1)?.availableToSell === figure, 20_000)
const isWriter = async (at: RegionProcess): Promise<boolean> =>
  (await at.call<{ role: string }>('/readyz')).body.role === 'writer'
const feed = async (at: RegionProcess): Promise<FeedStatus> =>
  (await at.call<{ feeds: FeedStatus[] }>('/v1/feeds')).body.feeds[0]!

test('the standby that takes over tells what was owed, and nothing that was taken before', async () => {
  for (const sku of ['X', 'Y', 'Z']) await receive(one, sku, 5)
  for (const sku of ['X', 'Y', 'Z']) await isTold(sku, 5)
  await one.call('/v1/feeds/shop/pause', { method: 'POST' })
  await receive(one, 'X', 1)
  await eventually(async () => (await feed(one)).waiting === 1)
  await eventually(async () => {
    const { body } = await two.call<{ totals: { onHand: number } }>('/v1/positions/X')
    return body.totals.onHand === 6
  })
  const before = shop.received.length
  await one.kill9()
  await eventually(() => isWriter(two), 10_000)
  // Paused at the one is paused at the other.
  await eventually(async () => (await feed(two)).waiting === 1, 10_000)
  expect(await feed(two)).toMatchObject({ status: 'paused' })
  await two.call('/v1/feeds/shop/resume', { method: 'POST' })
  await isTold('X', 6)
  await eventually(async () => (await feed(two)).waiting === 0, 10_000)
  expect(
    shop.received.slice(before).flatMap(({ body }) => (JSON.parse(body) as { figures: Figure[] }).figures),
  ).toHaveLength(1)
})

test('a writer that was frozen while it sent does not overwrite what its successor told', async () => {
  await one.start()
  let isFrozen = false
  shop.answer = async () => {
    // The first that it is sent freezes the sender, as a machine that stalls would, before the answer comes.
    if (!isFrozen) {
      isFrozen = true
      two.signal('SIGSTOP')
    }
    return {}
  }
  // It may be frozen before it has answered: it has counted by then.
  await receive(two, 'Y', 1).catch(() => {})
  await eventually(async () => isFrozen)
  await eventually(() => isWriter(one), 15_000)
  await receive(one, 'Y', 1)
  await isTold('Y', 7)
  two.signal('SIGCONT')
  expect(await two.ended()).not.toBe(0)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const orders = told('Y').map(({ epoch, version }) => epoch * 1e9 + version)
  expect(orders).toEqual([...orders].sort((a, b) => a - b))
  expect(told('Y').at(-1)!.availableToSell).toBe(7)
})

test('a stream that was lost is filled again, and the channel told of everything once more', async () => {
  const bus = await connectBus('test', { servers: [nats.url] })
  await bus.jsm.streams.delete('FEEDS')
  await bus.close()
  await receive(one, 'X', 1)
  await one.kill9()
  const before = shop.received.length
  await one.start()
  await isTold('X', 7)
  await eventually(async () => {
    const since = shop.received
      .slice(before)
      .flatMap(({ body }) => (JSON.parse(body) as { figures: Figure[] }).figures)
    return new Set(since.map(({ sku }) => sku)).size === 3
  }, 20_000)
})
