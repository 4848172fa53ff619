import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { withKnownLines } from '../../inbox/known-lines.ts'
import { newEffects } from '../../ledger/core/effects.ts'
import { HEARD_AT, picture } from '../../ledger/core/given.ts'
import { Ledger } from '../../ledger/core/ledger.ts'
import { woocommerceConnector } from './woocommerce.ts'

const translate = (body: unknown, topic: string | null, known: Codes = anyCodes()): Translation =>
  woocommerceConnector.translate(
    message(typeof body === 'string' ? body : JSON.stringify(body), {
      headers: topic === null ? {} : { 'x-wc-webhook-topic': topic },
    }),
    known,
  )
const said = ({ events, refusals }: Translation): unknown[] => [
  ...events.map(({ type, time, data }) => ({ type: type.replace('plimsoll.', ''), time, ...data })),
  ...refusals.map(({ class: kind, code }) => `${kind}: ${code}`),
]
const genuine = readFileSync(new URL('samples/orders-1.json', import.meta.url), 'utf8')
const line = { id: 315, sku: 'CUP', product_id: 93, variation_id: 0, quantity: 2 }
const order = {
  id: 7,
  number: 'W-7',
  status: 'processing',
  date_modified_gmt: '2026-11-20T10:00:00',
  line_items: [line],
}

describe('an order of WooCommerce', () => {
  test('is demand; a line without a sku goes by its product, dates are UTC', () => {
    const known = codes({ skus: { '93': 'SINGLE', Bar3: 'IDEA' } })
    expect(said(translate(genuine, 'order.created', known))).toEqual([
      {
        type: 'order.accepted',
        time: '2017-03-22T19:28:08.001Z',
        orderRef: 'woocommerce:727',
        channel: 'woocommerce',
        lines: [
          { line: '315', sku: 'SINGLE', quantity: 2 },
          { line: '316', sku: 'IDEA', quantity: 1 },
        ],
        isWhole: true,
      },
    ])
    const missing = translate(genuine, null, codes({ skus: { 'product:93': 'SINGLE' } }))
    expect([missing.events, missing.refusals.map(({ unknown }) => unknown)]).toEqual([
      [],
      [{ kind: 'sku', code: 'Bar3' }],
    ])
  })

  test('says the same when it is delivered again, whatever the delivery is called', () => {
    const [first, again] = [translate(order, 'order.created'), translate(order, 'order.updated')]
    expect(first.events).toEqual(again.events)
    const changed = translate({ ...order, line_items: [{ ...line, quantity: 1 }] }, 'order.updated')
    expect(changed.events[0]!.id).not.toBe(first.events[0]!.id)
  })

  test.each([
    ['on-hold', 'order.accepted', [2]],
    ['pending', 'order.changed', [0]],
    ['failed', 'order.changed', [0]],
    ['cancelled', 'order.changed', [0]],
    ['refunded', 'order.changed', [0]],
    ['trash', 'order.changed', [0]],
    ['wc-processing', 'order.accepted', [2]],
  ])('that is %s is %s', (status, type, quantities) => {
    const [event, ...more] = said(translate({ ...order, status }, 'order.updated'))
    expect(more).toEqual([])
    expect(event).toMatchObject({ type, orderRef: 'woocommerce:7' })
    const { lines = [] } = event as { lines?: { quantity: number }[] }
    expect(lines.map(({ quantity }) => quantity)).toEqual(quantities)
  })

  test('that is completed left the place of its shop; without a place, whoever sends it tells', () => {
    const done = { ...order, status: 'completed', date_completed_gmt: '2026-11-21T08:00:00' }
    expect(said(translate(done, 'order.updated', anyCodes({ defaultNode: 'ber1' })))).toMatchObject([
      { type: 'order.accepted' },
      { type: 'stock.shipped', time: '2026-11-21T08:00:00.000Z', node: 'ber1', quantity: 2, line: '315' },
    ])
    expect(said(translate(done, 'order.updated'))).toMatchObject([{ type: 'order.accepted' }])
  })

  test('in a status of a plugin waits until someone says what that means', () => {
    const packed = { ...order, status: 'packed' }
    expect(said(translate(packed, 'order.updated'))).toEqual(['out-of-policy: unsupported-order-status'])
    const known = anyCodes({ profile: { orderStatuses: { packed: 'demand' }, orderNumber: 'name' } })
    expect(said(translate(packed, 'order.updated', known))).toMatchObject([{ orderRef: 'woocommerce:W-7' }])
  })

  test('that was deleted says its id alone, and may be restored', () =>
    expect(said(translate({ id: 7 }, 'order.deleted'))).toMatchObject([
      { type: 'order.cancelled', orderRef: 'woocommerce:7', mayReopen: true },
    ]))

  test('that was paid in the second in which it was made is demand, whichever word comes first', () => {
    const times = ['pending', 'processing', 'completed', 'cancelled'].map(
      (status) => translate({ ...order, status }, 'order.updated').events[0]!.time,
    )
    expect(times).toEqual([...times].sort())
    expect(new Set(times).size).toBe(4)
  })
})

describe('in the books, an order of WooCommerce', () => {
  /** The shop’s words in this order, each a minute after the one before; what is open of the order then. */
  const openAfter = (...words: readonly (readonly [topic: string, more: object])[]): number => {
    const ledger = new Ledger()
    words.forEach(([topic, more], minute) => {
      const at = `2026-11-20T10:${String(minute).padStart(2, '0')}:00`
      const body = topic === 'order.deleted' ? { id: 7 } : { ...order, date_modified_gmt: at, ...more }
      const { events } = woocommerceConnector.translate(
        message(JSON.stringify(body), {
          headers: { 'x-wc-webhook-topic': topic },
          receivedAt: Date.parse(`${at}Z`),
        }),
        anyCodes(),
      )
      for (const event of events)
        ledger.apply(withKnownLines(event, ledger.books) as never, newEffects(), HEARD_AT)
    })
    return Object.entries(picture(ledger)).reduce(
      (sum, [key, { open = 0 }]) => sum + (key.startsWith('demand') ? open : 0),
      0,
    )
  }
  const updated = (status: string, more: object = {}) => ['order.updated', { status, ...more }] as const

  test.each(['cancelled', 'refunded', 'trash', 'failed'])(
    'that was %s is none, and reopened it is demand again',
    (status) => {
      expect(openAfter(updated('processing'), updated(status))).toBe(0)
      expect(openAfter(updated('processing'), updated(status), updated('on-hold'))).toBe(2)
      expect(openAfter(updated(status), updated('processing')), 'never heard of before').toBe(2)
    },
  )

  test('that was deleted and then restored is demand again', () => {
    expect(openAfter(updated('processing'), ['order.deleted', {}])).toBe(0)
    const restored = ['order.restored', { status: 'processing' }] as const
    expect(openAfter(updated('processing'), ['order.deleted', {}], restored)).toBe(2)
  })

  test('wants no more of a line that was taken out of it', () => {
    const more = { line_items: [line, { ...line, id: 316, sku: 'MUG', quantity: 5 }] }
    expect(openAfter(updated('processing', more))).toBe(7)
    expect(openAfter(updated('processing', more), updated('processing'))).toBe(2)
  })
})

describe('a product', () => {
  const product = {
    id: 93,
    sku: '',
    type: 'simple',
    manage_stock: true,
    stock_quantity: 12,
    date_modified_gmt: '2026-11-20T10:00:00',
  }
  const known = codes({ skus: { 'product:93': 'SINGLE', '94': 'RED' }, defaultNode: 'ber1' })

  test.each([
    ['is counted where its shop is', product, [{ sku: 'SINGLE', node: 'ber1', states: { onHand: 12 } }]],
    ['oversold is none', { ...product, stock_quantity: -2 }, [{ states: { onHand: 0 } }]],
    [
      'that the shop does not count is not zero',
      { ...product, manage_stock: false, stock_quantity: null },
      [],
    ],
    ['without a figure is not zero', { ...product, stock_quantity: null }, []],
    ['that is a variation is one', { ...product, id: 94, type: 'variation' }, [{ sku: 'RED' }]],
    [
      'that shares its parent’s stock has none',
      { ...product, type: 'variation', manage_stock: 'parent' },
      [],
    ],
    ['in texts is refused', { ...product, stock_quantity: '12' }, ['malformed: not-a-number']],
    ['with a date of its own is refused', { ...product, date_modified_gmt: 'May 5' }, ['malformed: no-date']],
  ])('%s', (_, body, expected) =>
    expect(said(translate(body, 'product.updated', known))).toMatchObject(expected),
  )

  test('of a shop without a place waits for one', () =>
    expect(translate(product, 'product.updated', codes({ skus: { '93': 'S' } })).refusals).toMatchObject([
      { code: 'no-place' },
    ]))
})

test('a ping has no effect, and what it is not is said', () => {
  expect(said(translate('webhook_id=12', null))).toEqual([])
  expect(said(translate({ id: 1 }, 'coupon.created'))).toEqual(['out-of-policy: unsupported-topic'])
  expect(said(translate([{ id: 1 }, { ...order }], null))).toMatchObject([
    { type: 'order.accepted' },
    'malformed: not-woocommerce',
  ])
})
