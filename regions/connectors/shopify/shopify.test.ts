import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { shopifyConnector } from './shopify.ts'

const sample = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`samples/${name}`, import.meta.url)))
const translate = (
  body: unknown,
  headers: Record<string, string> = {},
  known: Codes = anyCodes(),
): Translation =>
  shopifyConnector.translate(
    message(body instanceof Uint8Array ? body : JSON.stringify(body), { headers }),
    known,
  )
const webhook = (topic: string, more: Record<string, string> = {}): Record<string, string> => ({
  'x-shopify-topic': topic,
  'x-shopify-webhook-id': 'w-1',
  ...more,
})
const said = ({ events, refusals }: Translation): unknown[] => [
  ...events.map(({ type, subject, data }) => ({ type, subject, data })),
  ...refusals.map(({ class: kind, code }) => `${kind}: ${code}`),
]

describe('Shopify’s own samples', () => {
  test('its page of inventory levels is a count an item', () => {
    const { events, refusals } = translate(sample('rest-2026_07-inventory_level-1.json'))
    expect(refusals).toEqual([])
    expect(
      events.map((it) => it.type === 'plimsoll.stock.counted' && [it.subject, it.data.node, it.data.states]),
    ).toEqual([
      ['49148385', '655441491', { onHand: 2 }],
      ['808950810', '655441491', { onHand: 1 }],
      ['457924702', '655441491', { onHand: 4 }],
      ['39072856', '655441491', { onHand: 3 }],
    ])
    expect(events[0]!.data).toMatchObject({ asOf: '2025-07-02T16:29:59.000Z' })
  })

  test('of its order only what was neither given back nor sent is still demand', () => {
    const { events, refusals } = translate(sample('rest-2026_07-order-1.json'))
    expect(refusals).toEqual([])
    expect(events).toMatchObject([
      {
        type: 'plimsoll.order.accepted',
        time: '2008-01-10T16:00:00.000Z',
        data: {
          orderRef: 'shopify:450789469',
          channel: 'shopify',
          lines: [
            { line: '466157049', sku: 'IPOD2008GREEN', quantity: 0 },
            { line: '518995019', sku: 'IPOD2008RED', quantity: 1 },
            { line: '703073504', sku: 'IPOD2008BLACK', quantity: 0 },
          ],
        },
      },
    ])
  })

  test('its refund is two returns for sale again', () => {
    expect(said(translate(sample('rest-2026_07-refund-1.json')))).toEqual(
      ['IPOD2008BLACK', 'IPOD2008GREEN'].map((sku) => ({
        type: 'plimsoll.stock.returned',
        subject: sku,
        data: { sku, node: '487838322', quantity: 1, disposition: 'sellable', ref: 'refund/509562969' },
      })),
    )
  })

  test.each([
    ['goshopify-order.json', 'is a test'],
    ['rest-2026_07-fulfillment-1.json', 'is failure'],
  ])('%s has no effect, as it %s', (name, why) => {
    const { events, refusals, warnings } = translate(sample(name))
    expect([events, refusals]).toEqual([[], []])
    expect(warnings.join()).toContain(why)
  })

  test('a text is none of them', () =>
    expect(said(translate(sample('hmac-test-vector.json')))).toEqual(['malformed: not-shopify']))
})

describe('an inventory level', () => {
  const level = { inventory_item_id: 271878346596884015n, location_id: 24826418, available: 7 }
  const at = { ...level, inventory_item_id: 5, updated_at: '2026-11-20T10:00:00+01:00' }

  test('is told apart within a second by when it was triggered', () => {
    const told = (webhookId: string, triggered: string): unknown =>
      translate(
        at,
        webhook('inventory_levels/update', {
          'x-shopify-webhook-id': webhookId,
          'x-shopify-triggered-at': triggered,
        }),
      ).events[0]
    expect(told('a', '2026-11-20T09:00:00.877041743Z')).toMatchObject({
      id: 'webhook/a/level/5/24826418',
      data: { asOf: '2026-11-20T09:00:00.877Z', states: { onHand: 7 } },
    })
    expect(told('a', '2026-11-20T09:00:00.877041743Z')).toEqual(told('a', '2026-11-20T09:00:00.877041743Z'))
    expect(told('b', '2026-11-20T09:00:03Z')).toMatchObject({ data: { asOf: '2026-11-20T09:00:00.000Z' } })
  })

  test('keeps an id that is too large for a number, and is found under its kind', () => {
    const body = `{"inventory_item_id":271878346596884015,"location_id":24826418,"available":0}`
    const known = codes({
      skus: { 'inventory_item:271878346596884015': 'CUP' },
      nodes: { '24826418': 'ber1' },
    })
    const bytes = new TextEncoder().encode(body)
    expect(translate(bytes, webhook('inventory_levels/connect'), known).events).toMatchObject([
      { subject: 'CUP', data: { node: 'ber1', states: { onHand: 0 } } },
    ])
  })

  test.each([
    ['that is not counted is not zero', { ...at, available: null }, []],
    ['below zero is nothing left', { ...at, available: -3 }, [{ states: { onHand: 0 } }]],
    ['of text is refused', { ...at, available: '7' }, ['malformed: not-a-number']],
    ['of half a piece is refused', { ...at, available: 1.5 }, ['unit: not-whole']],
    ['beyond counting is refused', { ...at, available: 1e300 }, ['unit: not-whole']],
    ['with a time that is none is refused', { ...at, updated_at: 'yesterday' }, ['malformed: no-date']],
    ['of nothing is refused', { available: 7 }, ['malformed: unreadable-record']],
  ])('%s', (_, body, expected) => {
    const told = said(translate(body, webhook('inventory_levels/update')))
    expect(told.map((it) => (typeof it === 'string' ? it : it))).toMatchObject(
      expected.map((it) => (typeof it === 'string' ? it : { data: it })),
    )
  })

  test('of an item or place that is not known waits for that', () => {
    const { refusals } = translate(at, webhook('inventory_levels/update'), codes())
    expect(refusals).toMatchObject([{ unknown: { kind: 'sku', code: '5' } }])
    expect(
      translate(at, webhook('inventory_levels/update'), codes({ skus: { '5': 'A' } })).refusals,
    ).toMatchObject([{ unknown: { kind: 'node', code: '24826418' } }])
  })

  test('of a location that no longer has the item is none', () => {
    const gone = { inventory_item_id: 5, location_id: 24826418 }
    expect(translate(gone, webhook('inventory_levels/disconnect')).events).toMatchObject([
      { data: { states: { onHand: 0 } } },
    ])
  })

  test('may be switched off, where another system counts', () =>
    expect(
      translate(
        at,
        webhook('inventory_levels/update'),
        anyCodes({ profile: { quantityStates: { available: 'ignore' } } }),
      ).events,
    ).toEqual([]))
})

describe('an order', () => {
  const line = { id: 11, sku: 'CUP', variant_id: 21, product_id: 31, quantity: 3, fulfillable_quantity: 3 }
  const order = {
    id: 820982911946154,
    name: '#1001',
    updated_at: '2026-11-20T10:00:00Z',
    line_items: [line],
    fulfillments: [] as object[],
    refunds: [] as object[],
  }
  const linesOf = ({ events }: Translation): unknown[] =>
    events.flatMap((it) => ('lines' in (it.data ?? {}) ? (it.data as { lines: unknown[] }).lines : []))

  test('enters as demand of its channel, whose later word is a change', () => {
    const known = anyCodes({ profile: { channel: 'webshop' } })
    expect(said(translate(order, webhook('orders/create'), known))).toEqual([
      {
        type: 'plimsoll.order.accepted',
        subject: undefined,
        data: {
          orderRef: 'webshop:820982911946154',
          channel: 'webshop',
          lines: [{ line: '11', sku: 'CUP', quantity: 3 }],
        },
      },
    ])
    expect(translate(order, webhook('orders/updated')).events).toMatchObject([
      { type: 'plimsoll.order.changed', time: '2026-11-20T10:00:00.000Z' },
    ])
  })

  test('is named by its name where the source says so', () => {
    const known = anyCodes({ profile: { orderNumber: 'name' } })
    expect(translate(order, webhook('orders/create'), known).events).toMatchObject([
      { data: { orderRef: 'shopify:1001' } },
    ])
    const shipment = {
      id: 1,
      order_id: 9,
      name: '#1001-F2',
      status: 'success',
      location_id: 7,
      line_items: [line],
    }
    expect(translate(shipment, webhook('fulfillments/create'), known).events).toMatchObject([
      { data: { orderRef: 'shopify:1001' } },
    ])
  })

  test('is taken whole or not at all, and waits for every code that is missing', () => {
    const two = { ...order, line_items: [line, { ...line, id: 12, sku: '', variant_id: 22 }] }
    const { events, refusals } = translate(two, webhook('orders/create'), codes({ skus: { '22': 'B' } }))
    expect(events).toEqual([])
    expect(refusals).toMatchObject([{ code: 'unknown-code', unknown: { kind: 'sku', code: 'CUP' } }])
    const known = codes({ skus: { '22': 'B', 'variant:21': 'A' } })
    expect(linesOf(translate(two, webhook('orders/create'), known))).toEqual([
      { line: '11', sku: 'A', quantity: 3 },
      { line: '12', sku: 'B', quantity: 3 },
    ])
  })

  test.each([
    ['partly sent is demand until the shipment itself is told', { sent: 2, left: 1 }, [3]],
    ['sent whole says nothing new', { sent: 3, left: 0 }, []],
    ['of which a part was taken off is demand for the rest', { sent: 0, left: 2 }, [2]],
    ['with more taken off than was sent is demand for what was sent', { sent: 1, left: 0 }, [1]],
    ['of which a part was cancelled keeps it, and cancels it', { sent: 0, left: 2, cancelled: 1 }, [3, 1]],
    ['whose last part was cancelled when the rest was sent', { sent: 2, left: 0, cancelled: 1 }, [1]],
  ])('%s', (_, { sent, left, cancelled = 0 }: Record<string, number>, expected) => {
    const told = translate(
      {
        ...order,
        line_items: [{ ...line, fulfillable_quantity: left }],
        fulfillments: [
          { status: 'success', line_items: [{ id: 11, quantity: sent }] },
          { status: 'failure', line_items: [{ id: 11, quantity: 3 }] },
        ],
        refunds: [
          {
            id: 4,
            refund_line_items: [{ id: 41, line_item_id: 11, restock_type: 'cancel', quantity: cancelled }],
          },
        ],
      },
      webhook('orders/updated'),
    )
    expect([linesOf(told).map((it) => (it as { quantity: number }).quantity), told.refusals]).toEqual([
      expected,
      [],
    ])
  })

  test('that was cancelled or deleted is demand no longer', () => {
    const at = '2026-11-21T10:00:00Z'
    expect(said(translate({ ...order, cancelled_at: at }, webhook('orders/cancelled')))).toEqual([
      {
        type: 'plimsoll.order.cancelled',
        subject: undefined,
        data: { orderRef: 'shopify:820982911946154', channel: 'shopify' },
      },
    ])
    expect(translate({ id: order.id }, webhook('orders/delete')).events).toMatchObject([
      { type: 'plimsoll.order.cancelled', id: 'order/820982911946154/cancelled' },
    ])
  })

  test('of a voucher or a download is no demand', () => {
    const lines = [
      { ...line, gift_card: true },
      { ...line, id: 12, requires_shipping: false },
    ]
    expect(said(translate({ ...order, line_items: lines }, webhook('orders/create')))).toEqual([])
  })
})

describe('a refund', () => {
  const line = { id: 11, sku: 'CUP' }
  const refund = (restock_type: string | null): object => ({
    id: 4,
    order_id: 9,
    created_at: '2026-11-20T10:00:00Z',
    refund_line_items: [
      { id: 41, line_item_id: 11, location_id: 7, restock_type, quantity: 2, line_item: line },
    ],
  })

  test('of what was not sent yet is demand that falls, told once by it and by its order', () => {
    const told = translate(refund('cancel'), webhook('refunds/create'))
    expect(said(told)).toEqual([
      {
        type: 'plimsoll.order.cancelled',
        subject: undefined,
        data: {
          orderRef: 'shopify:9',
          channel: 'shopify',
          lines: [{ line: '11', sku: 'CUP', quantity: 2 }],
        },
      },
    ])
    const order = {
      id: 9,
      updated_at: '2026-11-20T10:00:00Z',
      line_items: [{ ...line, quantity: 3, fulfillable_quantity: 1 }],
      refunds: [refund('cancel')],
    }
    expect(translate(order, webhook('orders/updated')).events[1]).toEqual(told.events[0])
  })

  test.each([
    ['return', 'plimsoll.stock.returned'],
    ['no_restock', undefined],
  ])('that says %s is %s', (type, expected) =>
    expect(translate(refund(type), webhook('refunds/create')).events[0]?.type).toBe(expected),
  )

  test('that says something new is for someone to look at', () =>
    expect(said(translate(refund('beamed'), webhook('refunds/create')))).toEqual([
      'out-of-policy: unsupported-restock-type',
    ]))
})

describe('a fulfillment', () => {
  const shipment = {
    id: 5,
    order_id: 9,
    status: 'success',
    location_id: 7,
    created_at: '2026-11-20T10:00:00Z',
    line_items: [{ id: 11, sku: 'CUP', quantity: 2 }],
  }

  test('is what left its location, the same when it is updated', () => {
    const created = translate(shipment, webhook('fulfillments/create'))
    expect(said(created)).toEqual([
      {
        type: 'plimsoll.stock.shipped',
        subject: 'CUP',
        data: {
          sku: 'CUP',
          node: '7',
          quantity: 2,
          orderRef: 'shopify:9',
          line: '11',
          shipment: 'fulfillment/5',
        },
      },
    ])
    const updated = { ...shipment, tracking_number: 'x' }
    expect(translate(updated, webhook('fulfillments/update')).events).toEqual(created.events)
  })

  test('that was taken back is for someone to look at; one that is not done has no effect', () => {
    expect(said(translate({ ...shipment, status: 'cancelled' }, webhook('fulfillments/update')))).toEqual([
      'out-of-policy: unsupported-shipment-status',
    ])
    expect(said(translate({ ...shipment, status: 'open' }, webhook('fulfillments/create')))).toEqual([])
  })
})

test('a webhook is the same when an event bus brings it', () => {
  const payload = { inventory_item_id: 5, location_id: 7, available: 3, updated_at: '2026-11-20T10:00:00Z' }
  const metadata = { 'X-Shopify-Topic': 'inventory_levels/update', 'X-Shopify-Webhook-Id': 'w-1' }
  const event = { 'detail-type': 'shopifyWebhook', detail: { metadata, payload } }
  expect(translate(event).events).toEqual(translate(payload, webhook('inventory_levels/update')).events)
  expect(shopifyConnector.recognises(message(JSON.stringify(event)))).toBe(true)
})

test('a topic that says nothing of stock is refused by name, a test and what an order tells itself have no effect', () => {
  expect(said(translate({}, webhook('customers/create')))).toEqual(['out-of-policy: unsupported-topic'])
  expect(said(translate({}, webhook('orders/edited')))).toEqual([])
  expect(said(translate({ id: 1 }, webhook('orders/create', { 'x-shopify-test': 'true' })))).toEqual([])
  expect(said(translate({}, { 'shopify-topic': 'constructor/x' }))).toEqual([
    'out-of-policy: unsupported-topic',
  ])
})
