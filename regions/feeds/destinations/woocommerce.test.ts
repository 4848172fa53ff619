import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, ChannelReceiver, type Received } from '../../../tests/support/channel-receiver.ts'
import { DeliveryFault } from '../destination.ts'
import { outgoing } from '../given.ts'
import { wooCommerce, WooCommerceConfig } from './woocommerce.ts'

const NOW = Date.parse('2026-11-29T10:00:00.000Z')
const KEY = `Basic ${Buffer.from('ck_12345678:cs_87654321').toString('base64')}`

type Update = { id: number; stock_quantity: number; manage_stock: boolean }
type Product = { id: number; sku: string; parent_id: number; type: string; stock?: number }

/** A shop as the REST API (v3) documents it: a batch says of each product what became of it. */
class Shop {
  readonly products: Product[] = [
    { id: 10, sku: 'TEA', parent_id: 0, type: 'simple' },
    { id: 11, sku: 'CUP', parent_id: 0, type: 'simple' },
    { id: 21, sku: 'TEE-RED', parent_id: 20, type: 'variation' },
    { id: 22, sku: 'TEE-BLUE', parent_id: 20, type: 'variation' },
    { id: 31, sku: 'HAT-S', parent_id: 30, type: 'variation' },
  ]

  answer = ({ headers, path, body }: Received): Answer => {
    if (headers.authorization !== KEY) return { status: 401, body: { code: 'woocommerce_rest_cannot_view' } }
    const { pathname, searchParams } = new URL(path, 'http://shop')
    if (pathname === '/wp-json/wc/v3/products') {
      const skus = (searchParams.get('sku') ?? '').split(',')
      return { body: this.products.filter(({ sku }) => skus.includes(sku)) }
    }
    const parent = Number(/products\/(\d+)\/variations\/batch$/.exec(pathname)?.[1] ?? 0)
    const { update } = JSON.parse(body) as { update: Update[] }
    return {
      body: {
        update: update.map(({ id, stock_quantity: stock }) => {
          const product = this.products.find((it) => it.id === id && it.parent_id === parent)
          const error = {
            code: 'woocommerce_rest_product_invalid_id',
            message: 'Invalid ID.',
            data: { status: 400 },
          }
          if (!product) return { id, error }
          product.stock = stock
          return { id, sku: product.sku, stock_quantity: stock }
        }),
      },
    }
  }

  stock = (sku: string): number | undefined => this.products.find((it) => it.sku === sku)?.stock
}

let receiver: ChannelReceiver
let shop: Shop
beforeAll(async () => {
  receiver = await ChannelReceiver.start()
})
beforeEach(() => {
  shop = new Shop()
  receiver.answer = shop.answer
  receiver.received.length = 0
})
afterAll(() => receiver.stop())
const to = () =>
  wooCommerce(
    WooCommerceConfig.parse({
      kind: 'woocommerce',
      url: receiver.url,
      consumerKey: 'ck_12345678',
      consumerSecret: 'cs_87654321',
    }),
  )
const paths = (): string[] =>
  receiver.received.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`)

describe('a shop is told', () => {
  test('of products by their skus, which it is asked for once', async () => {
    const it = to()
    const batch = [outgoing('X', 4, { codes: ['TEA'] }), outgoing('CUP', 0)]
    expect(await it.send(batch, 'k', NOW)).toEqual({ taken: ['X', 'CUP'], refused: [] })
    expect([shop.stock('TEA'), shop.stock('CUP')]).toEqual([4, 0])
    expect(JSON.parse(receiver.received.at(-1)!.body)).toEqual({
      update: [
        { id: 10, manage_stock: true, stock_quantity: 4 },
        { id: 11, manage_stock: true, stock_quantity: 0 },
      ],
    })
    await it.send(batch, 'k', NOW)
    expect(paths()).toEqual([
      'GET /wp-json/wc/v3/products',
      'POST /wp-json/wc/v3/products/batch',
      'POST /wp-json/wc/v3/products/batch',
    ])
  })

  test('of the variations of one product in one call, and of what is elsewhere in the next', async () => {
    const it = to()
    const batch = [outgoing('TEE-RED', 1), outgoing('TEA', 2), outgoing('TEE-BLUE', 3), outgoing('HAT-S', 4)]
    expect(await it.send(batch, 'k', NOW)).toEqual({ taken: ['TEE-RED', 'TEE-BLUE'], refused: [] })
    expect(await it.send([batch[1]!, batch[3]!], 'k', NOW)).toEqual({ taken: ['TEA'], refused: [] })
    expect(await it.send([batch[3]!], 'k', NOW)).toEqual({ taken: ['HAT-S'], refused: [] })
    expect(shop.products.map(({ stock }) => stock)).toEqual([2, undefined, 1, 3, 4])
  })

  test('of an item that it lists twice at both places', async () => {
    const sent = await to().send(
      [outgoing('X', 5, { codes: ['TEA', 'TEE-RED'] }), outgoing('CUP', 1)],
      'k',
      NOW,
    )
    expect(sent).toEqual({ taken: ['X', 'CUP'], refused: [] })
    expect([shop.stock('TEA'), shop.stock('TEE-RED')]).toEqual([5, 5])
  })

  test('by a product’s id where the map has one, and its skus where it has those', () => {
    const { named } = to()
    expect(named!(['product:10'])).toEqual(['product:10'])
    expect(named!(['TEA', 'product:10', 'variation:21'])).toEqual(['TEA'])
    expect(named!(['variation:21'])).toEqual([])
    // Skus are often nothing but digits.
    expect(named!(['704400095108'])).toEqual(['704400095108'])
  })
})

describe('what a shop will not have', () => {
  test('is refused by itself: a sku that it does not know, and a product that is gone', async () => {
    const it = to()
    const sent = await it.send(
      [outgoing('NONE', 1), outgoing('X', 2, { codes: ['product:99'] }), outgoing('TEA', 3)],
      'k',
      NOW,
    )
    expect(sent.taken).toEqual(['TEA'])
    expect(sent.refused.map(({ sku, code }) => [sku, code])).toEqual([
      ['NONE', 'unknown-sku'],
      ['X', 'woocommerce_rest_product_invalid_id'],
    ])
  })

  test('because it is another product by now is looked up anew', async () => {
    const it = to()
    await it.send([outgoing('TEA', 1)], 'k', NOW)
    shop.products[0]!.id = 12
    expect((await it.send([outgoing('TEA', 2)], 'k', NOW)).refused).toHaveLength(1)
    expect(await it.send([outgoing('TEA', 2)], 'k', NOW)).toEqual({ taken: ['TEA'], refused: [] })
  })

  test('too fast is said so', async () => {
    receiver.answer = () => ({ status: 429, headers: { 'retry-after': '3' }, body: 'slow down' })
    expect((await to().send([outgoing('TEA', 1)], 'k', NOW)).busy).toMatchObject({ retryAfterMs: 3_000 })
  })

  test.each<Answer>([{ status: 401 }, { status: 500 }, { body: '<html>' }])(
    'for %j is a fault',
    async (answer) => {
      receiver.answer = () => answer
      await expect(to().send([outgoing('TEA', 1)], 'k', NOW)).rejects.toThrow(DeliveryFault)
    },
  )

  test('is asked for at most fifty skus at a time; the others follow', async () => {
    shop.products.push(
      ...Array.from({ length: 80 }, (_, i) => ({
        id: 1_000 + i,
        sku: `S${i}`,
        parent_id: 0,
        type: 'simple',
      })),
    )
    const batch = Array.from({ length: 80 }, (_, i) => outgoing(`S${i}`, i))
    const it = to()
    expect((await it.send(batch, 'k', NOW)).taken).toHaveLength(50)
    const rest = await it.send(batch.slice(50), 'k', NOW)
    expect([rest.taken.length, rest.refused]).toEqual([30, []])
  })
})
