import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, ChannelReceiver, type Received } from '../../../tests/support/channel-receiver.ts'
import { DeliveryFault } from '../destination.ts'
import { outgoing } from '../given.ts'
import { walmart, WalmartConfig } from './walmart.ts'

const NOW = Date.parse('2026-11-29T10:00:00.000Z')

/** Walmart Marketplace as it documents itself: a token for a quarter of an hour, and an answer an item. */
class Marketplace {
  tokens = 0
  isTokenGood = true
  readonly inventory = new Map<string, unknown>([['SKU 1', null]])
  /** Ship nodes that it knows. */
  readonly nodes = new Set(['N1', 'N2'])

  answer = ({ method, path, headers, body }: Received): Answer => {
    if (!headers['wm_qos.correlation_id'] || headers['wm_svc.name'] !== 'Walmart Marketplace')
      return { status: 400, body: { errors: [{ code: 'MISSING_REQUEST_HEADER' }] } }
    if (path === '/v3/token') {
      const basic = `Basic ${Buffer.from('client-id:client-secret').toString('base64')}`
      if (headers.authorization !== basic || body !== 'grant_type=client_credentials') return { status: 401 }
      this.tokens++
      return { body: { access_token: `token-${this.tokens}`, token_type: 'Bearer', expires_in: 900 } }
    }
    if (!this.isTokenGood || headers['wm_sec.access_token'] !== `token-${this.tokens}`)
      return { status: 401, body: { errors: [{ code: 'UNAUTHORIZED.GMP_GATEWAY_API' }] } }
    const { pathname, searchParams } = new URL(path, 'http://walmart')
    const sku = decodeURIComponent(/inventories\/(.+)$/.exec(pathname)?.[1] ?? searchParams.get('sku')!)
    if (method !== 'PUT' || !this.inventory.has(sku))
      return {
        status: 404,
        body: { errors: [{ code: 'CONTENT_NOT_FOUND.GMP_INVENTORY_API', description: 'no such item' }] },
      }
    this.inventory.set(sku, { ...(JSON.parse(body) as object), at: searchParams.get('shipNode') })
    const { inventories } = JSON.parse(body) as { inventories?: { nodes: { shipNode: string }[] } }
    if (!inventories) return { body: JSON.parse(body) as object }
    const nodes = inventories.nodes.map(({ shipNode }) =>
      this.nodes.has(shipNode)
        ? { shipNode, status: 'Success', errors: [] }
        : { shipNode, status: 'FAILURE', errors: [{ code: 'INVALID_SHIP_NODE', description: 'not yours' }] },
    )
    return { body: { sku, nodes } }
  }
}

let receiver: ChannelReceiver
let marketplace: Marketplace
beforeAll(async () => {
  receiver = await ChannelReceiver.start()
})
beforeEach(() => {
  marketplace = new Marketplace()
  receiver.answer = marketplace.answer
})
afterAll(() => receiver.stop())
const to = (more: object = {}) =>
  walmart(
    WalmartConfig.parse({
      kind: 'walmart',
      url: receiver.url,
      clientId: 'client-id',
      clientSecret: 'client-secret',
      ...more,
    }),
  )
const one = outgoing('X', 9, { codes: ['SKU 1'] })

describe('Walmart is told', () => {
  test('what its default ship node has, under one token for many calls', async () => {
    const it = to()
    for (let i = 0; i < 3; i++) expect(await it.send([one], 'k', NOW)).toEqual({ taken: ['X'], refused: [] })
    expect(marketplace.inventory.get('SKU 1')).toEqual({
      sku: 'SKU 1',
      quantity: { unit: 'EACH', amount: 9 },
      at: null,
    })
    expect(marketplace.tokens).toBe(1)
    await it.send([one], 'k', NOW + 900_000)
    expect(marketplace.tokens).toBe(2)
  })

  test('what the ship node has that everything is sold from', async () => {
    await to({ shipNode: 'N1' }).send([one], 'k', NOW)
    expect(marketplace.inventory.get('SKU 1')).toMatchObject({ at: 'N1' })
  })

  test('what each ship node has that is mapped', async () => {
    const places = new Map([
      ['ber1', 'N1'],
      ['muc1', 'N2'],
    ])
    const nodes = [{ node: 'muc1' as never, availableToSell: 4 }]
    await to({ byNode: true }).send(
      [outgoing('X', 4, { codes: ['SKU 1'], places, figure: { nodes } })],
      'k',
      NOW,
    )
    expect(marketplace.inventory.get('SKU 1')).toMatchObject({
      inventories: {
        nodes: [
          { shipNode: 'N1', inputQty: { unit: 'EACH', amount: 0 } },
          { shipNode: 'N2', inputQty: { unit: 'EACH', amount: 4 } },
        ],
      },
    })
  })
})

describe('what Walmart will not have', () => {
  test('is an item that it does not list', async () => {
    expect(await to().send([outgoing('Y', 1)], 'k', NOW)).toEqual({
      taken: [],
      refused: [
        {
          sku: 'Y',
          code: 'CONTENT_NOT_FOUND.GMP_INVENTORY_API',
          detail: 'CONTENT_NOT_FOUND.GMP_INVENTORY_API no such item',
        },
      ],
    })
  })

  test('may be one ship node of an answer that is a success', async () => {
    const places = new Map([
      ['ber1', 'N1'],
      ['muc1', 'N9'],
    ])
    const sent = await to({ byNode: true }).send([outgoing('X', 4, { codes: ['SKU 1'], places })], 'k', NOW)
    expect(sent).toMatchObject({ taken: [], refused: [{ sku: 'X', code: 'INVALID_SHIP_NODE' }] })
  })

  test('too fast waits until its bucket has another token', async () => {
    const it = to()
    await it.send([one], 'k', NOW)
    receiver.answer = () => ({
      status: 429,
      headers: { 'x-current-token-count': '0', 'x-next-replenishment-time': String(NOW + 4_200) },
    })
    expect((await it.send([one], 'k', NOW)).busy?.retryAfterMs).toBe(4_200)
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': '2' } })
    expect((await it.send([one], 'k', NOW)).busy?.retryAfterMs).toBe(2_000)
  })

  test('for a token that it takes no more is a fault, and the next try has another', async () => {
    const it = to()
    await it.send([one], 'k', NOW)
    marketplace.isTokenGood = false
    await expect(it.send([one], 'k', NOW)).rejects.toThrow('HTTP 401')
    marketplace.isTokenGood = true
    expect((await it.send([one], 'k', NOW)).taken).toEqual(['X'])
    expect(marketplace.tokens).toBe(2)
  })

  test('for a wrong client is a fault that does not repeat what was sent', async () => {
    const fault = await to({ clientSecret: 'another-secret' })
      .send([one], 'k', NOW)
      .catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(DeliveryFault)
    expect(String(fault)).toBe('DeliveryFault: no access token: HTTP 401')
  })
})
