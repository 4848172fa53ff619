import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { walmartConnector } from './walmart.ts'

const home = anyCodes({ defaultNode: 'home' })
const translate = (body: unknown, known: Codes = home): Translation =>
  walmartConnector.translate(message(typeof body === 'string' ? body : JSON.stringify(body)), known)
const said = ({ events, refusals }: Translation): unknown[] => [
  ...events.map(({ type, time, data }) => ({ type: type.replace('plimsoll.', ''), time, ...data })),
  ...refusals.map(({ class: kind, code }) => `${kind}: ${code}`),
]
const sample = (name: string): string => readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8')

describe('inventory', () => {
  test('of a feed is a count an item at the source’s own node', () =>
    expect(said(translate(sample('us-updateBulkInventory-req-json1.json')))).toMatchObject([
      { type: 'stock.counted', sku: 'test1', node: 'home', states: { onHand: 10 } },
      { type: 'stock.counted', sku: '894728', node: 'home', states: { onHand: 20 } },
    ]))

  test('of all nodes is what may be sold at each', () => {
    const text = sample('us-getMultiNodeInventoryForSkuAndAllShipnodes-res200-ex.json')
    expect(said(translate(text))).toMatchObject([
      { sku: 'AR-CTIX-0092', node: '100009', states: { onHand: 3 } },
    ])
    const profile = { quantityStates: { reservedQty: 'onHand' } } as const
    expect(said(translate(text, anyCodes({ profile })))).toMatchObject([{ states: { onHand: 5 } }])
  })

  const node = { shipNode: '1', quantity: { unit: 'EACH', amount: 7 } }
  test.each([
    [
      'a feed of the later version',
      { inventoryHeader: { version: '1.5' }, inventory: [{ sku: 'A', shipNodes: [node] }] },
    ],
    [
      'a page',
      {
        meta: {},
        elements: { inventories: [{ sku: 'A', nodes: [{ shipNode: '1', inputQty: { amount: 7 } }] }] },
      },
    ],
    [
      'Walmart’s own warehouses',
      { payload: [{ sku: 'A', shipNodes: [{ shipNode: '1', availToSellQty: 7, onHandQty: 9 }] }] },
    ],
    ['one item', { sku: 'A', shipNode: '1', quantity: { unit: 'EACH', amount: '7' } }],
  ])('is the same in %s', (_, body) =>
    expect(said(translate(body))).toMatchObject([{ sku: 'A', node: '1', states: { onHand: 7 } }]),
  )

  test.each([
    [
      'of an item that Walmart refused is for someone to look at',
      { sku: 'A', nodes: [{ shipNode: '1', errors: [{ code: 'X' }] }] },
      ['out-of-policy: refused-by-walmart'],
    ],
    ['without a quantity is not zero', { sku: 'A', nodes: [{ shipNode: '1' }] }, []],
    ['in words is refused', { sku: 'A', quantity: { amount: 'many' } }, ['malformed: not-a-number']],
    ['in halves is refused', { sku: 'A', quantity: { amount: 0.5 } }, ['unit: not-whole']],
    ['of a list of lists is refused', { sku: 'A', nodes: 7 }, ['malformed: unreadable-record']],
  ])('%s', (_, body, expected) => expect(said(translate(body))).toEqual(expected))
})

describe('an order', () => {
  const each = (amount: string): object => ({ unitOfMeasurement: 'EACH', amount })
  const status = (name: string, amount: string, trackingNumber?: string): object => ({
    status: name,
    statusQuantity: each(amount),
    ...(trackingNumber ? { trackingInfo: { shipDateTime: 1580821866000, trackingNumber } } : {}),
  })
  const order = (...statuses: object[]): object => ({
    purchaseOrderId: '1796277083022',
    customerOrderId: '5281956426648',
    orderDate: 1568966395000,
    orderLines: {
      orderLine: [
        {
          lineNumber: '1',
          item: { sku: 'CUP', productName: 'Cup' },
          orderLineQuantity: each('3'),
          statusDate: 1568966437000,
          orderLineStatuses: { orderLineStatus: statuses },
        },
      ],
    },
    shipNode: { type: 'SellerFulfilled', id: '720' },
  })

  test('is demand, as of the last change of its lines', () => {
    const expected = [
      {
        type: 'order.accepted',
        time: '2019-09-20T08:00:37.000Z',
        orderRef: 'walmart:1796277083022',
        channel: 'walmart',
        lines: [{ line: '1', sku: 'CUP', quantity: 3 }],
      },
    ]
    expect(said(translate({ order: order(status('Created', '3')) }))).toEqual(expected)
    expect(
      said(translate({ list: { meta: {}, elements: { order: [order(status('Created', '3'))] } } })),
    ).toEqual(expected)
  })

  test('of which a part was cancelled, sent and delivered is each of that, a parcel once', () => {
    const statuses = [status('Cancelled', '1'), status('Shipped', '1', 'T1'), status('Acknowledged', '1')]
    const told = translate(order(...statuses))
    expect(said(told)).toMatchObject([
      { type: 'order.accepted', lines: [{ quantity: 2 }] },
      {
        type: 'stock.shipped',
        time: '2020-02-04T13:11:06.000Z',
        node: '720',
        quantity: 1,
        line: '1',
        shipment: 'T1',
      },
    ])
    const later = translate(
      order(status('Cancelled', '1'), status('Delivered', '1', 'T1'), status('Shipped', '1', 'T2')),
    )
    expect(later.events[1]).toEqual(told.events[1])
    expect(later.events).toHaveLength(3)
  })

  test.each([
    ['cancelled whole', order(status('Cancelled', '3')), [{ type: 'order.cancelled' }]],
    ['refunded is sent all the same', order(status('Refund', '3')), [{ type: 'order.accepted' }]],
    ['that Walmart sends itself', { ...order(), shipNode: { type: 'WFSFulfilled' } }, []],
    ['in a state of tomorrow', order(status('Beamed', '1')), ['out-of-policy: unsupported-order-status']],
    ['of a day that is none', { ...order(), orderDate: 'today' }, ['malformed: no-date']],
    ['without lines', { ...order(), orderLines: {} }, ['malformed: unreadable-record']],
  ])('%s', (_, body, expected) => expect(said(translate(body))).toMatchObject(expected))

  test('in one line without a list is the same', () => {
    const { orderLines, ...rest } = order(status('Created', '3')) as { orderLines: { orderLine: object[] } }
    const single = { ...rest, orderLines: { orderLine: orderLines.orderLine[0] } }
    expect(translate(single).events).toEqual(translate({ ...rest, orderLines }).events)
  })

  test('that is not known waits whole, with what was sent of it', () =>
    expect(said(translate(order(status('Shipped', '3', 'T')), codes({ defaultNode: 'home' })))).toEqual([
      'unknown-code: unknown-code',
    ]))
})

test('what names things without saying what they are is refused by name', () => {
  const event = { eventType: 'PO_CREATED', resource: { purchaseOrderId: '1' } }
  expect(said(translate(event))).toEqual(['out-of-policy: unsupported-topic'])
  expect(said(translate([1, null, {}]))).toEqual(Array(3).fill('malformed: not-walmart'))
})

describe('a notification', () => {
  const notified = (eventType: string, payload: object): unknown[] =>
    said(translate({ source: { eventType, eventTime: '2026-11-20T10:00:00.000Z', eventId: 'e' }, payload }))
  const line = (lineNumber: string, status: string, more: object = {}) => ({
    lineNumber,
    sku: 'CUP',
    productName: 'Cup',
    quantity: { unitOfMeasure: 'EACH', measurementValue: '2' },
    status,
    statusDate: '2026-11-20T10:00:05.000Z',
    ...more,
  })
  const order = (...orderLines: object[]) => ({
    partnerId: '1',
    purchaseOrderId: '108',
    customerOrderId: '200',
    orderDate: '2026-11-20T09:59:00.000Z',
    orderLines,
  })

  test('of a new order is demand, the same that the order itself would be', () =>
    expect(notified('PO_CREATED', order(line('1', 'CREATED'), line('2', 'CREATED')))).toEqual([
      {
        type: 'order.accepted',
        time: '2026-11-20T10:00:05.000Z',
        orderRef: 'walmart:108',
        channel: 'walmart',
        lines: [
          { line: '1', sku: 'CUP', quantity: 2 },
          { line: '2', sku: 'CUP', quantity: 2 },
        ],
      },
    ]))

  test('of cancelled lines takes those off, and leaves the others of the order', () =>
    expect(notified('PO_LINE_AUTOCANCELLED', order(line('2', 'CANCELLED')))).toMatchObject([
      { type: 'order.changed', orderRef: 'walmart:108', lines: [{ line: '2', sku: 'CUP', quantity: 0 }] },
    ]))

  test('that an item ran out is a count at its nodes, as of when it was sent', () =>
    expect(
      notified('INVENTORY_OOS', { sku: 'CUP', shipNodes: [{ availToSellQty: 0, shipNode: 'n1' }] }),
    ).toMatchObject([
      {
        type: 'stock.counted',
        sku: 'CUP',
        node: 'n1',
        states: { onHand: 0 },
        asOf: '2026-11-20T10:00:00.000Z',
      },
    ]))

  test.each([
    [
      'of an order that Walmart sends itself',
      order(line('1', 'CREATED', { shipNodeType: 'WFSFulfilled' })),
      [],
    ],
    ['with a date that is none', order(line('1', 'CREATED', { statusDate: 'soon' })), ['malformed: no-date']],
    [
      'with a quantity that is none',
      order(line('1', 'CREATED', { quantity: { measurementValue: 'two' } })),
      ['malformed: not-a-number'],
    ],
    ['without lines', { purchaseOrderId: '108' }, ['malformed: unreadable-record']],
  ])('%s has no effect, or is refused', (_, payload, expected) =>
    expect(notified('PO_CREATED', payload)).toEqual(expected),
  )

  test('of a wish to cancel is none of ours to act on', () =>
    expect(
      notified('ORDER_UPDATES', { subEventType: 'INTENT_TO_CANCEL', order: order(line('1', 'CREATED')) }),
    ).toEqual(['out-of-policy: unsupported-topic']))
})
