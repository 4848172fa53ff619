import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { amazonConnector } from './amazon.ts'

const translate = (body: unknown, known: Codes = anyCodes()): Translation =>
  amazonConnector.translate(message(typeof body === 'string' ? body : JSON.stringify(body)), known)
const said = ({ events, refusals }: Translation): unknown[] => [
  ...events.map(({ type, time, data }) => ({ type: type.replace('plimsoll.', ''), time, ...data })),
  ...refusals.map(({ class: kind, code }) => `${kind}: ${code}`),
]
const sample = (name: string): string => readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8')
const genuine = sample('notification-OrderChangeNotification-1.json')

type Summary = { OrderStatus?: string; FulfillmentType?: string; OrderItems?: object[] }
function orderChange(
  summary: Summary,
  changedAt: string | null = '2026-11-20T10:00:00.000Z',
  id = 'n-1',
): object {
  const item = { OrderItemId: 'I-1', SellerSKU: 'CUP', Quantity: 5, QuantityShipped: 0 }
  return {
    NotificationType: 'ORDER_CHANGE',
    EventTime: '2026-11-20T11:00:00.000Z',
    Payload: {
      OrderChangeNotification: {
        AmazonOrderId: '903-8868176-2219830',
        OrderChangeTrigger: { TimeOfOrderChange: changedAt },
        Summary: { OrderStatus: 'Unshipped', FulfillmentType: 'MFN', OrderItems: [item], ...summary },
      },
    },
    NotificationMetadata: { NotificationId: id },
  }
}
const items = (shipped: number): Summary => ({
  OrderStatus: 'PartiallyShipped',
  OrderItems: [
    { OrderItemId: 'I-1', SellerSKU: 'CUP', SupplySourceId: 's-1', Quantity: 5, QuantityShipped: shipped },
  ],
})

describe('an order at Amazon', () => {
  test('of which a cancellation was asked for is demand still, as of its change', () => {
    expect(said(translate(genuine))).toEqual([
      {
        type: 'order.accepted',
        time: '2022-11-29T19:42:04.284Z',
        orderRef: 'amazon:903-8868176-2219830',
        channel: 'amazon',
        lines: [{ line: 'OIID34853450', sku: 'SellerSKUID1', quantity: 10 }],
      },
    ])
  })

  test.each([
    ['fulfilled by Amazon is no matter of ours', { FulfillmentType: 'AFN' }, []],
    ['not paid yet is no demand yet', { OrderStatus: 'Pending' }, []],
    ['cancelled is given up whole', { OrderStatus: 'Canceled' }, [{ type: 'order.cancelled' }]],
    [
      'in a state of tomorrow is refused',
      { OrderStatus: 'Beamed' },
      ['out-of-policy: unsupported-order-status'],
    ],
    [
      'fulfilled by a stranger is refused',
      { FulfillmentType: 'X' },
      ['out-of-policy: unsupported-fulfilment'],
    ],
  ])('%s', (_, summary, expected) => expect(said(translate(orderChange(summary)))).toMatchObject(expected))

  test('counts each piece that was sent once, though every notification tells of all', () => {
    const known = anyCodes({ defaultNode: 'home' })
    const ids = (shipped: number): string[] =>
      translate(orderChange(items(shipped)), known)
        .events.filter(({ type }) => type === 'plimsoll.stock.shipped')
        .map(({ id }) => id)
    expect(ids(2)).toHaveLength(2)
    expect(ids(5).slice(0, 2)).toEqual(ids(2))
    expect(said(translate(orderChange(items(1)), known))[1]).toMatchObject({
      node: 's-1',
      quantity: 1,
      line: 'I-1',
    })
    expect(translate(orderChange(items(2)), codes({ skus: { CUP: 'CUP' } })).events).toHaveLength(1)
    expect(said(translate(orderChange(items(1e9)), known))).toContain('unit: out-of-range')
  })

  test('without a time of its change is as of the notification', () => {
    expect(translate(orderChange({}, null)).events[0]!.time).toBe('2026-11-20T11:00:00.000Z')
    expect(said(translate(orderChange({}, 'soon')))).toEqual(['malformed: no-date'])
  })

  test('is recognised by the notification that is delivered again', () =>
    expect(translate(genuine).events).toEqual(translate(genuine).events))

  test.each([
    ['a queue’s batch', { Records: [{ body: genuine, receiptHandle: 'x' }] }],
    ['a message that was received', { Messages: [{ Body: genuine, ReceiptHandle: 'x' }] }],
    ['an event bus', { 'detail-type': 'ORDER_CHANGE', detail: JSON.parse(genuine) as object }],
    [
      'a topic within a queue',
      { Records: [{ body: JSON.stringify({ Type: 'Notification', Message: genuine }), receiptHandle: 'x' }] },
    ],
  ])('is the same in the wrapping of %s', (_, body) =>
    expect(translate(body).events).toEqual(translate(genuine).events),
  )

  test('that can’t be read keeps none of the others of its batch', () => {
    const told = translate({
      Records: [
        { body: '{"broken', receiptHandle: 'x' },
        { body: genuine, receiptHandle: 'y' },
        { body: JSON.stringify(orderChange({ OrderItems: [{ OrderItemId: 7 }] })), receiptHandle: 'z' },
      ],
    })
    expect(said(told)).toMatchObject([
      { type: 'order.accepted' },
      'malformed: not-amazon',
      'malformed: unreadable-record',
    ])
  })
})

describe('what Amazon’s warehouses have', () => {
  const availability = sample(
    'notification-FBAInventoryAvailabilityChangeNotification-built-from-schema-examples.json',
  )

  test('is one pool that two marketplaces see: at one node the larger figure, never the sum', () => {
    const known = codes({ skus: { 'SELLERSKU-1': 'CUP' }, defaultNode: 'fba' })
    expect(said(translate(availability, known))).toEqual([
      {
        type: 'stock.counted',
        time: '2020-07-13T19:42:04.284Z',
        asOf: '2020-07-13T19:42:04.284Z',
        sku: 'CUP',
        node: 'fba',
        states: { onHand: 50, damaged: 0, quarantined: 0 },
      },
    ])
    const apart = codes({ skus: { X001ABCDEF: 'CUP' }, nodes: { ATVPDKIKX0DER: 'us', A2EUQ1WTGCTBG2: 'ca' } })
    expect(said(translate(availability, apart))).toMatchObject([
      { node: 'us', states: { onHand: 50 } },
      { node: 'ca', states: { onHand: 40 } },
    ])
    expect(translate(availability, codes({ skus: { B00001ABCD: 'CUP' } })).refusals).toMatchObject([
      { unknown: { kind: 'node', code: 'ATVPDKIKX0DER' } },
      { unknown: { kind: 'node', code: 'A2EUQ1WTGCTBG2' } },
    ])
  })

  test('counts what is reserved where the profile says so', () => {
    const profile = { quantityStates: { PendingCustomerOrder: 'onHand', Unfulfillable: 'ignore' } } as const
    expect(said(translate(availability, anyCodes({ profile })))[0]).toMatchObject({
      states: { onHand: 60, quarantined: 0 },
    })
  })

  test('is the same by its inventory API', () => {
    const row = {
      sellerSku: 'CUP',
      lastUpdatedTime: '2026-11-20T10:00:00Z',
      inventoryDetails: {
        fulfillableQuantity: 7,
        reservedQuantity: { pendingCustomerOrderQuantity: 3 },
        unfulfillableQuantity: { totalUnfulfillableQuantity: 2 },
      },
    }
    const page = {
      payload: { granularity: { granularityId: 'ATVP' }, inventorySummaries: [row, { fnSku: 'X' }] },
    }
    expect(said(translate(page))).toMatchObject([{ node: 'ATVP', states: { onHand: 7, damaged: 2 } }])
  })
})

test('a call that succeeded in part is a count for one item, and an exception for the other', () => {
  const told = translate(sample('sandbox-extinv-batchInventory-207-1.json'))
  expect(told.events).toMatchObject([
    {
      subject: 'efptestsku1',
      sequence: 12345678,
      data: { node: 'EXSB', states: { onHand: 20 }, asOf: '2026-11-23T16:00:00.000Z' },
    },
  ])
  expect(told.refusals).toMatchObject([{ class: 'unknown-code', code: 'invalid-sku' }])
  expect(told.refusals[0]!.unknown, 'nothing that is mapped here would help').toBeUndefined()
})

test('a notification of offers has no effect; of anything else nothing is read', () => {
  const notification = (NotificationType: string): object => ({ NotificationType, Payload: {} })
  expect(said(translate(notification('LISTINGS_ITEM_MFN_QUANTITY_CHANGE')))).toEqual([])
  expect(said(translate(notification('REPORT_PROCESSING_FINISHED')))).toEqual([
    'out-of-policy: unsupported-topic',
  ])
  expect(said(translate({ a: 1 }))).toEqual(['malformed: not-amazon'])
  expect(amazonConnector.recognises(message(sample('schema-OrderChangeNotification.json')))).toBe(false)
})
