import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TrafficConfig } from '../config.ts'
import { tapeOf } from '../given.ts'
import { sitesOf } from '../world/demo-sites.ts'
import { newWorld, type World } from '../world/world.ts'
import { Checkout } from './checkout.ts'

/** Stands in for the edge: notes what it is asked, and holds everything. */
let edge: Server
let asked: { path: string; key: string; idempotency: string; body: unknown }[] = []
let config: TrafficConfig

beforeEach(async () => {
  asked = []
  edge = createServer((request, response) => {
    let text = ''
    request.on('data', (part: Buffer) => (text += part.toString()))
    request.on('end', () => {
      asked.push({
        path: request.url!,
        key: request.headers.authorization!,
        idempotency: String(request.headers['idempotency-key']),
        body: text === '' ? null : JSON.parse(text),
      })
      response.end('{"reservationId":"r-1"}')
    })
  })
  await new Promise<void>((resolve) => edge.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(edge.address() as AddressInfo).port}`
  config = TrafficConfig.parse({
    dataDir: '/nowhere',
    regions: [{ region: 'eu', apiUrl: url, apiKey: 'k', natsServer: 'n', seeds: {} }],
    edge: { url, keys: { 'b2b-portal': 'plk_b2b', amazon: 'plk_amazon' } },
  })
})
afterEach(() => edge.close())

function traded(): World {
  const { world } = tapeOf('plimsoll', 60, { regions: ['eu'] })
  world.regions['eu']!.isSeeded = true
  return world
}
const told = async (checkout: Checkout, count: number): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (let waited = 0; waited < 5_000 && (counts['confirmed'] ?? 0) < count; waited += 10) {
    for (const [what, n] of Object.entries(checkout.takeCounts())) counts[what] = (counts[what] ?? 0) + n
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return counts
}

test('what is ordered in a shop is held under its order and confirmed, once; the ERP’s own orders are not', async () => {
  const world = traded()
  const checkout = new Checkout(config, newWorld('plimsoll'))
  const region = world.regions['eu']!
  region.orders = region.orders.slice(0, 20)
  const shops = region.orders.filter(({ teller }) => teller === sitesOf('eu').shop)
  expect(shops.length).toBeGreaterThan(2)
  expect(shops.length).toBeLessThan(20)
  checkout.look(world)
  checkout.look(world)
  expect(await told(checkout, shops.length)).toEqual({ confirmed: shops.length })
  expect(asked).toHaveLength(2 * shops.length)
  const [{ orderRef, channel, lines }] = shops as [(typeof shops)[0]]
  const own = asked.filter(({ idempotency }) => idempotency === orderRef)
  expect(own.map(({ path }) => path)).toEqual([
    '/v1/reservations?region=eu',
    '/v1/reservations/r-1/confirm?region=eu',
  ])
  expect(own[0]).toMatchObject({
    key: `Bearer ${config.edge.keys[channel]}`,
    body: { orderRef, lines: lines.map(({ line, sku, quantity }) => ({ line, sku, quantity })) },
  })
})

test('orders of an earlier run, and of a region that knows no items yet, are not held', async () => {
  const world = traded()
  new Checkout(config, world).look(world)
  const unseeded = traded()
  unseeded.regions['eu']!.isSeeded = false
  new Checkout(config, newWorld('plimsoll')).look(unseeded)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(asked).toEqual([])
})
