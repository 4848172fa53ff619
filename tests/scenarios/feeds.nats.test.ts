import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ExceptionRecord } from '../../shared/contract/exceptions.ts'
import type { FeedStatus } from '../../shared/contract/feed-api.ts'
import { type Answer, ChannelReceiver, type Received } from '../support/channel-receiver.ts'
import { eventually } from '../support/eventually.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

/** Channels that are told what they may sell: one that does as it should, and one that does as each story wants it. */

const SECRET = `whsec_${Buffer.from('a secret of 32 bytes for testing').toString('base64')}`
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-feeds-'))
let nats: NatsServer
let region: RegionProcess
let shop: ChannelReceiver
let market: ChannelReceiver
let web: ChannelReceiver

beforeAll(async () => {
  nats = await startLeaf({ region: 'eu' })
  shop = await ChannelReceiver.start()
  market = await ChannelReceiver.start()
  web = await ChannelReceiver.start()
  web.answer = () => ({ body: { data: { inventorySetQuantities: { userErrors: [] } } } })
  const feed = { kind: 'webhook', secret: SECRET, perSecond: 100, burst: 100 }
  const feeds = [
    { ...feed, channel: 'shop', url: `${shop.url}/stock` },
    { ...feed, channel: 'market', url: `${market.url}/stock`, source: 'market-eu', byNode: true },
    {
      channel: 'web',
      kind: 'shopify',
      url: web.url,
      accessToken: 'shpat_of_the_tests',
      location: '7',
      source: 'web-eu',
    },
  ]
  region = new RegionProcess({ region: 'eu', folder, nats: nats.url, more: { feeds } })
  await region.start()
  await region.put('/v1/sources/wms', { role: 'wms' })
  await region.put('/v1/sources/market-eu', { role: 'channel' })
  await region.put('/v1/sources/web-eu', { role: 'channel', connector: 'shopify' })
  await region.put('/v1/nodes/ber1', { source: 'wms' })
  await region.put('/v1/nodes/muc1', { source: 'wms' })
  // What changes is told at once, but for a window that lets a story be told in order.
  for (const tier of ['A', 'B', 'C'])
    await region.put(`/v1/policies/tierSettings/tier:${tier}`, {
      windowMs: 50,
      freshForMs: 30_000,
      author: 'test',
      reason: 'quick',
    })
})

afterAll(async () => {
  await region?.stop()
  await Promise.all([shop?.stop(), market?.stop(), web?.stop()])
  await nats?.stop()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  for (const receiver of [shop, market]) receiver.answer = () => ({})
})

let numbers = 0
async function item(receipts: Record<string, number> = {}): Promise<string> {
  const sku = `F${numbers++}`
  await region.put(`/v1/items/${sku}`, {})
  for (const [node, quantity] of Object.entries(receipts)) await receive(sku, quantity, node)
  return sku
}
async function receive(sku: string, quantity: number, node = 'ber1'): Promise<void> {
  const { body } = await region.call<{ results: { status: string }[] }>('/v1/events', {
    json: {
      specversion: '1.0',
      id: `r${numbers++}`,
      source: 'wms',
      type: 'plimsoll.stock.received',
      time: new Date().toISOString(),
      subject: sku,
      data: { node, quantity },
    },
    contentType: 'application/cloudevents+json',
  })
  expect(body.results[0]!.status).toBe('accepted')
}

type Figure = { sku: string; availableToSell: number; epoch: number; version: number; nodes?: object[] }
const figuresIn = ({ body }: Received): Figure[] => (JSON.parse(body) as { figures: Figure[] }).figures
const told = (to: ChannelReceiver, sku: string): Figure[] =>
  to.received.flatMap(figuresIn).filter((it) => it.sku === sku)
const isTold = (to: ChannelReceiver, sku: string, figure: number): Promise<unknown> =>
  eventually(async () => told(to, sku).at(-1)?.availableToSell === figure, 20_000)
const feed = async (channel: string): Promise<FeedStatus> => {
  const { body } = await region.call<{ feeds: FeedStatus[] }>('/v1/feeds')
  return body.feeds.find((it) => it.channel === channel)!
}
const letters = async (): Promise<ExceptionRecord[]> =>
  (await region.call<{ exceptions: ExceptionRecord[] }>('/v1/exceptions?status=open')).body.exceptions

describe('a channel is told', () => {
  test('what it may sell after allocation, signed, and only when that is another', async () => {
    const sku = await item({ ber1: 10 })
    await isTold(shop, sku, 10)
    await isTold(market, sku, 10)
    const before = told(market, sku).length
    await region.put(`/v1/policies/allocation/sku:${sku}`, {
      rules: [{ class: 'market', ringFence: { quantity: 4 } }],
      author: 'test',
      reason: 'a fence',
    })
    await isTold(shop, sku, 6)
    // A figure that stays as it was is not told: the fence changed the shop's alone.
    expect(told(market, sku)).toHaveLength(before)
    await receive(sku, 2)
    await isTold(shop, sku, 8)
    await isTold(market, sku, 12)
    expect(told(market, sku)).toHaveLength(before + 1)
    const { headers, body } = shop.received.at(-1)!
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const signature = createHmac('sha256', Buffer.from(SECRET.slice(6), 'base64')).update(signed)
    expect(headers['webhook-signature']).toBe(`v1,${signature.digest('base64')}`)
  })

  test('in its own words, and by node no more than it may sell in all', async () => {
    const sku = await item({ ber1: 5, muc1: 7 })
    await isTold(market, sku, 12)
    await region.put('/v1/mappings/market-eu', {
      skus: { [`M-${sku}`]: sku },
      nodes: { 'FC-BERLIN': 'ber1' },
    })
    await region.put(`/v1/policies/allocation/sku:${sku}`, {
      rules: [{ class: 'market', cap: 8 }],
      author: 'test',
      reason: 'a cap',
    })
    await isTold(market, `M-${sku}`, 8)
    expect(told(market, `M-${sku}`).at(-1)!.nodes).toEqual([
      { node: 'FC-BERLIN', availableToSell: 5 },
      { node: 'muc1', availableToSell: 3 },
    ])
  })
})

describe('a shop that knows items by its own ids', () => {
  const available = (): [string, number][] =>
    web.received.flatMap(({ body }) =>
      (
        JSON.parse(body) as {
          variables: { input: { quantities: { inventoryItemId: string; quantity: number }[] } }
        }
      ).variables.input.quantities.map(({ inventoryItemId, quantity }): [string, number] => [
        inventoryItemId.replace(/.*\//, ''),
        quantity,
      ]),
    )

  test('is told of those that are mapped, as soon as they are, and of what is held of them', async () => {
    const [listed, unlisted] = [await item({ ber1: 4 }), await item({ ber1: 9 })]
    await isTold(shop, unlisted, 9)
    expect(available()).toEqual([])
    await region.put('/v1/mappings/web-eu', { skus: { 'inventory_item:77': listed } })
    await eventually(async () => available().length === 1, 20_000)
    await region.call('/v1/reservations', {
      json: { orderRef: 'web:1', channel: 'web', lines: [{ line: '1', sku: listed, quantity: 3 }] },
      headers: { 'idempotency-key': 'web-1' },
    })
    await eventually(async () => available().length === 2, 20_000)
    expect(available()).toEqual([
      ['77', 4],
      ['77', 1],
    ])
    expect(await feed('web')).toMatchObject({ kind: 'shopify', status: 'ok', waiting: 0, delivered: 2 })
  })
})

describe('a channel that was down', () => {
  test('gets the newest figures in one go, while another gets them as they come', async () => {
    const skus = [await item({ ber1: 1 }), await item({ ber1: 1 }), await item({ ber1: 1 })]
    for (const sku of skus) await isTold(market, sku, 1)
    market.answer = () => ({ status: 500 })
    for (let round = 0; round < 4; round++) {
      for (const sku of skus) await receive(sku, 1)
      for (const sku of skus) await isTold(shop, sku, 2 + round)
    }
    const status = await feed('market')
    expect(status).toMatchObject({ status: 'down', waiting: 3, lastError: expect.stringMatching('HTTP 500') })
    expect(status.oldestMs).toBeGreaterThan(0)
    expect(await feed('shop')).toMatchObject({ status: 'ok', waiting: 0, lastError: null })
    const metrics = await (await fetch(`${region.url}/metrics`)).text()
    expect(metrics).toContain('plimsoll_feed_up{region="eu",channel="market"} 0')
    expect(metrics).toContain('plimsoll_feed_waiting{region="eu",channel="market"} 3')
    const from = market.received.length
    market.answer = () => ({})
    await eventually(async () => (await feed('market')).waiting === 0, 40_000)
    const since = market.received.slice(from).flatMap(figuresIn)
    const last = market.received.at(-1)!
    expect(figuresIn(last).map(({ sku, availableToSell }) => [sku, availableToSell])).toEqual(
      skus.map((sku) => [sku, 5]),
    )
    expect(since.every(({ availableToSell }) => availableToSell === 5)).toBe(true)
    expect(await feed('market')).toMatchObject({ status: 'ok', lastError: null })
  })

  test('is not asked again before the time that it named', async () => {
    const sku = await item({ ber1: 1 })
    await isTold(market, sku, 1)
    let busyAt = 0
    market.answer = (): Answer => {
      if (busyAt > 0) return {}
      busyAt = Date.now()
      return { status: 429, headers: { 'retry-after': '2' } }
    }
    const from = market.received.length
    await receive(sku, 1)
    await eventually(async () => (await feed('market')).waitsUntil !== null, 10_000)
    await receive(sku, 1)
    await eventually(async () => (await feed('market')).waiting === 0, 20_000)
    const [refused, ...after] = market.received.slice(from)
    expect(after[0]!.at - refused!.at).toBeGreaterThanOrEqual(1_990)
    expect(after.flatMap(figuresIn).map(({ availableToSell }) => availableToSell)).toEqual([3])
  })
})

describe('a sku that a channel will not have', () => {
  test('is an exception with its bytes, the rest goes on, and it is told anew when it is replayed', async () => {
    const [good, bad] = [await item(), await item()]
    const refusing = (received: Received): Answer => ({
      body: {
        refused: figuresIn(received)
          .filter(({ sku }) => sku === bad)
          .map(({ sku }) => ({ sku, code: 'no-listing', detail: 'not listed' })),
      },
    })
    shop.answer = refusing
    await Promise.all([receive(good, 3), receive(bad, 4)])
    await isTold(shop, good, 3)
    await eventually(async () => (await letters()).some(({ id }) => id === `feed-shop:${bad}`), 10_000)
    const { body: letter } = await region.call<ExceptionRecord>(`/v1/exceptions/feed-shop:${bad}`)
    expect(letter).toMatchObject({ stage: 'feed', code: 'no-listing', source: 'shop' })
    expect(JSON.parse(Buffer.from(letter.body!, 'base64').toString())).toMatchObject({
      sku: bad,
      channel: 'shop',
    })
    expect(await feed('shop')).toMatchObject({ waiting: 0, status: 'ok' })
    await region.call(`/v1/exceptions/feed-shop:${bad}/replay`, { method: 'POST' })
    await eventually(
      async () => (await region.call<ExceptionRecord>(`/v1/exceptions/feed-shop:${bad}`)).body.attempts > 1,
      10_000,
    )
    shop.answer = () => ({})
    await receive(bad, 1)
    await isTold(shop, bad, 5)
    await eventually(async () => !(await letters()).some(({ id }) => id === `feed-shop:${bad}`), 10_000)
  })

  test('is found where a whole batch is refused and nobody says for which', async () => {
    await region.call('/v1/feeds/shop/pause', { method: 'POST' })
    const skus: string[] = []
    for (let i = 0; i < 9; i++) skus.push(await item({ ber1: 1 }))
    const bad = skus[5]!
    await eventually(async () => (await feed('shop')).waiting === 9, 10_000)
    shop.answer = (received) => (figuresIn(received).some(({ sku }) => sku === bad) ? { status: 422 } : {})
    await region.call('/v1/feeds/shop/resume', { method: 'POST' })
    await eventually(async () => (await feed('shop')).waiting === 0, 20_000)
    expect((await letters()).map(({ id }) => id)).toContain(`feed-shop:${bad}`)
    for (const sku of skus) expect(told(shop, sku).length).toBeGreaterThan(0)
  })
})

describe('a hub that is killed', () => {
  test('between delivering and acknowledging sends nothing older than what was delivered', async () => {
    const sku = await item({ ber1: 1 })
    await isTold(shop, sku, 1)
    // It takes what it is sent, and the hub never hears that it did.
    shop.answer = () => new Promise(() => {})
    await receive(sku, 1)
    await isTold(shop, sku, 2)
    await receive(sku, 1)
    await isTold(market, sku, 3)
    await region.kill9()
    const from = shop.received.length
    shop.answer = () => ({})
    await region.start()
    await isTold(shop, sku, 3)
    const orders = told(shop, sku).map(({ epoch, version }) => epoch * 1e9 + version)
    expect(orders).toEqual([...orders].sort((a, b) => a - b))
    // What was acknowledged before is not sent once more.
    const again = shop.received.slice(from).flatMap(figuresIn)
    expect(again.filter((it) => it.sku !== sku)).toEqual([])
  })

  test('while a channel was paused leaves it paused, and what waits for it waiting', async () => {
    const sku = await item({ ber1: 1 })
    await isTold(shop, sku, 1)
    await region.call('/v1/feeds/shop/pause', { method: 'POST' })
    await receive(sku, 1)
    await eventually(async () => (await feed('shop')).waiting === 1, 10_000)
    await region.kill9()
    await region.start()
    await eventually(async () => (await feed('shop')).waiting === 1, 20_000)
    expect(await feed('shop')).toMatchObject({ status: 'paused' })
    await sleep(500)
    expect(told(shop, sku).at(-1)!.availableToSell).toBe(1)
    await region.call('/v1/feeds/shop/resume', { method: 'POST' })
    await isTold(shop, sku, 2)
  })

  test('and told to send a sku again sends it as it is', async () => {
    const sku = await item({ ber1: 6 })
    await isTold(shop, sku, 6)
    const before = told(shop, sku).length
    const { status } = await region.call('/v1/feeds/shop/resend', { json: { skus: [sku] } })
    expect(status).toBe(202)
    await eventually(async () => told(shop, sku).length === before + 1, 10_000)
    expect((await region.call('/v1/feeds/nobody/resend', { json: {} })).status).toBe(404)
    expect((await region.call('/v1/feeds/shop/resend', { json: { skus: ['none'] } })).status).toBe(404)
  })
})
