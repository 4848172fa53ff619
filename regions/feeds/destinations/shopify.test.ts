import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, ChannelReceiver, type Received } from '../../../tests/support/channel-receiver.ts'
import { DeliveryFault, type Outgoing } from '../destination.ts'
import { outgoing } from '../given.ts'
import { shopify, ShopifyConfig } from './shopify.ts'

const NOW = Date.parse('2026-11-29T10:00:00.000Z')
const TOKEN = 'shpat_0123456789abcdef'
const item = (id: number | string): string => `gid://shopify/InventoryItem/${id}`
const location = (id: number): string => `gid://shopify/Location/${id}`

type Quantity = {
  inventoryItemId: string
  locationId: string
  quantity: number
  changeFromQuantity: number | null
}
type Asked = { input: { name: string; reason: string; quantities: Quantity[] }; key: string }
const asked = (received: Received): Asked => (JSON.parse(received.body) as { variables: Asked }).variables

/** A shop as the Admin API documents it: all of a mutation or nothing, errors by the path of what they are about, and a bucket of cost. */
class Shop {
  readonly available = new Map<string, number>()
  readonly stocked = new Set<string>()
  points = 100
  /** What was answered under a key. */
  readonly #answered = new Map<string, Answer>()

  answer = (received: Received): Answer => {
    if (received.headers['x-shopify-access-token'] !== TOKEN)
      return { status: 401, body: { errors: '[API] Invalid API key or access token' } }
    const cost = {
      requestedQueryCost: 10,
      throttleStatus: { maximumAvailable: 100, currentlyAvailable: this.points, restoreRate: 50 },
    }
    if (this.points < 10)
      return {
        body: { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], extensions: { cost } },
      }
    this.points -= 10
    const { input, key } = asked(received)
    const before = this.#answered.get(key)
    if (before) return before
    const userErrors = input.quantities.flatMap(
      ({ inventoryItemId, locationId, changeFromQuantity: from }, i) => {
        const field = ['input', 'quantities', String(i)]
        if (![...this.stocked].some((it) => it.startsWith(`${inventoryItemId} `)))
          return {
            code: 'INVALID_INVENTORY_ITEM',
            field: [...field, 'inventoryItemId'],
            message: 'not found',
          }
        if (from !== null && from !== this.available.get(`${inventoryItemId} ${locationId}`))
          return { code: 'CHANGE_FROM_QUANTITY_STALE', field, message: 'it has something else' }
        return this.stocked.has(`${inventoryItemId} ${locationId}`)
          ? []
          : { code: 'ITEM_NOT_STOCKED_AT_LOCATION', field: [...field, 'locationId'], message: 'not stocked' }
      },
    )
    if (userErrors.length === 0)
      for (const { inventoryItemId, locationId, quantity } of input.quantities)
        this.available.set(`${inventoryItemId} ${locationId}`, quantity)
    const answer = { body: { data: { inventorySetQuantities: { userErrors } }, extensions: { cost } } }
    this.#answered.set(key, answer)
    return answer
  }
}

let receiver: ChannelReceiver
let shop: Shop
beforeAll(async () => {
  receiver = await ChannelReceiver.start()
})
beforeEach(() => {
  shop = new Shop()
  receiver.answer = shop.answer
})
afterAll(() => receiver.stop())

const to = (more: Partial<ShopifyConfig> = {}) =>
  shopify(ShopifyConfig.parse({ kind: 'shopify', url: receiver.url, accessToken: TOKEN, ...more }))
const of = (sku: string, figure: number, id: number, more: Parameters<typeof outgoing>[2] = {}): Outgoing =>
  outgoing(sku, figure, { codes: [item(id)], ...more })

describe('a shop is told what is available', () => {
  test('at its one location, absolutely, under a key that is the same when the same is sent again', async () => {
    shop.stocked.add(`${item(1)} ${location(7)}`)
    const it = to({ location: '7' })
    expect(await it.send([of('X', 12, 1)], 'k', NOW)).toEqual({ taken: ['X'], refused: [] })
    expect(shop.available).toEqual(new Map([[`${item(1)} ${location(7)}`, 12]]))
    // It is set, and we do not hear that it is.
    receiver.answer = (received) => ({ status: 502, body: shop.answer(received).body ?? '' })
    await expect(it.send([of('X', 11, 1)], 'k', NOW)).rejects.toThrow(DeliveryFault)
    receiver.answer = shop.answer
    await it.send([of('X', 11, 1)], 'k', NOW)
    const [other, first, again] = receiver.received.slice(-3)
    expect(first!.path).toBe('/admin/api/2026-10/graphql.json')
    expect(first!.body).toContain('@idempotent(key: $key)')
    expect(asked(first!).input).toMatchObject({ name: 'available', reason: 'correction' })
    expect(asked(first!).input.quantities[0]).toMatchObject({ quantity: 11, changeFromQuantity: 12 })
    expect(asked(other!).input.quantities[0]).toMatchObject({ quantity: 12, changeFromQuantity: null })
    expect(asked(again!).key).toBe(asked(first!).key)
    expect(asked(other!).key).not.toBe(asked(first!).key)
  })

  test('at each location that is mapped, those that have none too', async () => {
    for (const place of [7, 8]) shop.stocked.add(`${item(1)} ${location(place)}`)
    const places = new Map([
      ['ber1', '7'],
      ['muc1', location(8)],
    ])
    const nodes = [
      { node: 'ber1' as never, availableToSell: 5 },
      { node: 'store' as never, availableToSell: 2 },
    ]
    await to().send([of('X', 7, 1, { places, figure: { nodes } })], 'k', NOW)
    expect(shop.available).toEqual(
      new Map([
        [`${item(1)} ${location(7)}`, 5],
        [`${item(1)} ${location(8)}`, 0],
      ]),
    )
  })

  test('nothing of where an item is not stocked, once it said so and there is none', async () => {
    shop.stocked.add(`${item(1)} ${location(7)}`)
    const places = new Map([
      ['ber1', '7'],
      ['muc1', '8'],
    ])
    const at = (muc: number): Outgoing =>
      of('X', 5 + muc, 1, {
        places,
        figure: {
          nodes: [
            { node: 'ber1' as never, availableToSell: 5 },
            { node: 'muc1' as never, availableToSell: muc },
          ],
        },
      })
    const it = to()
    expect(await it.send([at(0)], 'k', NOW)).toEqual({ taken: [], refused: [] })
    expect(await it.send([at(0)], 'k', NOW)).toEqual({ taken: ['X'], refused: [] })
    expect(shop.available).toEqual(new Map([[`${item(1)} ${location(7)}`, 5]]))
    expect((await it.send([at(3)], 'k', NOW)).refused).toMatchObject([
      { sku: 'X', code: 'ITEM_NOT_STOCKED_AT_LOCATION' },
    ])
  })

  test('whole units only', async () => {
    shop.stocked.add(`${item(1)} ${location(7)}`)
    await to({ location: '7' }).send([of('X', 1_299, 1, { figure: { decimals: 2 } })], 'k', NOW)
    expect([...shop.available.values()]).toEqual([12])
  })

  test.each([
    [['inventory_item:39', 'variant:40', '41', 'TEA'], [item(39)]],
    [['41', 'TEA'], [item(41)]],
    [[item(42), 'inventory_item:42'], [item(42)]],
    [['TEA', 'variant:40'], []],
  ])('of %j of the map under %j', (codes, named) => expect(to().named!(codes)).toEqual(named))
})

describe('what a shop sold that we have not heard of', () => {
  const place = `${item(1)} ${location(7)}`

  test('is not given back: a newer figure waits for the order, and stands when none came', async () => {
    for (const id of [1, 2]) shop.stocked.add(`${item(id)} ${location(7)}`)
    const it = to({ location: '7' })
    await it.send([of('X', 12, 1), of('Y', 5, 2)], 'k', NOW)
    shop.available.set(place, 9)
    // Nothing of the call is set, and the other goes again by itself.
    expect(await it.send([of('X', 20, 1), of('Y', 6, 2)], 'k', NOW)).toEqual({ taken: [], refused: [] })
    expect(await it.send([of('X', 20, 1), of('Y', 6, 2)], 'k', NOW)).toEqual({ taken: ['Y'], refused: [] })
    expect(await it.send([of('X', 20, 1)], 'k', NOW + 4_999)).toEqual({ taken: [], refused: [] })
    expect(shop.available.get(place)).toBe(9)
    // By now its order has been heard, and the figure is another.
    expect(await it.send([of('X', 17, 1)], 'k', NOW + 5_000)).toEqual({ taken: ['X'], refused: [] })
    expect(shop.available.get(place)).toBe(17)
  })

  test('is no matter where it still has what it was told', async () => {
    shop.stocked.add(place)
    const it = to({ location: '7' })
    await it.send([of('X', 12, 1)], 'k', NOW)
    await it.send([of('X', 14, 1)], 'k', NOW)
    expect(asked(receiver.received.at(-1)!).input.quantities[0]).toMatchObject({ changeFromQuantity: 12 })
    expect(shop.available.get(place)).toBe(14)
  })
})

describe('what a shop will not have', () => {
  test('is named, and the rest goes again without it, as nothing of the call was set', async () => {
    for (const id of [1, 3]) shop.stocked.add(`${item(id)} ${location(7)}`)
    const it = to({ location: '7' })
    const batch = [of('X', 1, 1), of('Y', 2, 2), of('Z', 3, 3), outgoing('N', 4, { codes: [] })]
    const first = await it.send(batch, 'k', NOW)
    expect(first.taken).toEqual([])
    expect(first.refused.map(({ sku, code }) => [sku, code])).toEqual([
      ['N', 'unknown-code'],
      ['Y', 'INVALID_INVENTORY_ITEM'],
    ])
    expect(shop.available.size).toBe(0)
    expect(await it.send([batch[0]!, batch[2]!], 'k', NOW)).toEqual({ taken: ['X', 'Z'], refused: [] })
    expect(shop.available.size).toBe(2)
  })

  test('at once is throttled, and says how long it takes until there is enough', async () => {
    shop.stocked.add(`${item(1)} ${location(7)}`)
    shop.points = 5
    const sent = await to({ location: '7' }).send([of('X', 1, 1)], 'k', NOW)
    expect(sent).toEqual({ taken: [], refused: [], busy: { retryAfterMs: 100, detail: 'Throttled' } })
  })

  test('of 250 quantities and more is sent in parts', async () => {
    const places = new Map([1, 2, 3].map((n) => [`n${n}`, String(n)]))
    const batch = Array.from({ length: 100 }, (_, i) => of(`S${i}`, 1, i, { places, figure: { nodes: [] } }))
    for (let i = 0; i < 100; i++) for (const n of [1, 2, 3]) shop.stocked.add(`${item(i)} ${location(n)}`)
    const sent = await to().send(batch, 'k', NOW)
    expect(sent.taken).toHaveLength(83)
    expect(asked(receiver.received.at(-1)!).input.quantities).toHaveLength(249)
  })

  test.each<[string, Answer]>([
    ['a wrong token', { status: 401, body: { errors: '[API] Invalid API key or access token' } }],
    [
      'a scope that is missing',
      { body: { errors: [{ message: 'Access denied', extensions: { code: 'ACCESS_DENIED' } }] } },
    ],
    [
      'a failing server',
      { body: { errors: [{ message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] } },
    ],
    ['something that is no answer', { body: '<html>' }],
  ])('for %s is a fault', async (_, answer) => {
    receiver.answer = () => answer
    await expect(to({ location: '7' }).send([of('X', 1, 1)], 'k', NOW)).rejects.toThrow(DeliveryFault)
  })

  test('for a map that names no place is a fault: somebody has to put one', async () => {
    await expect(to().send([of('X', 1, 1)], 'k', NOW)).rejects.toThrow('names no location')
  })
})
