import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { codes, message } from '../given.ts'
import { epcisConnector } from './epcis.ts'

const sample = (name: string): string =>
  readFileSync(new URL(`samples/${name}.jsonld`, import.meta.url), 'utf8')

const known = codes({
  skus: {
    '10614141073464': 'widget',
    '04012345123456': 'flour',
    '04012345111224': 'box',
    '04000001654321': 'ribbon',
    '04012345111118': 'tea',
    '04012345778892': 'gift',
  },
  nodes: { '0614141073467': 'chi1', '0012345111112': 'dal1', '4012345002250': 'ber1' },
})
const translate = (body: unknown, with_: Codes = known): Translation =>
  epcisConnector.translate(message(typeof body === 'string' ? body : JSON.stringify(body)), with_)

const CHI1 = { id: 'urn:epc:id:sgln:0614141.07346.0' }
const WIDGETS = { epcClass: 'urn:epc:idpat:sgtin:0614141.107346.*', quantity: 5 }
const happening = (given: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'ObjectEvent',
  eventID: 'urn:uuid:1',
  eventTime: '2026-11-22T10:00:00Z',
  eventTimeZoneOffset: '+00:00',
  action: 'OBSERVE',
  readPoint: CHI1,
  quantityList: [WIDGETS],
  ...given,
})

describe('the sample', () => {
  test('of pieces shipped and received counts each piece, at the place it left and the place it is at', () =>
    expect(translate(sample('shipping-and-receiving-pieces'))).toMatchObject({
      events: [
        {
          type: 'plimsoll.stock.shipped',
          id: 'urn:uuid:00000000-0000-4000-8000-000000000001/10614141073464',
          time: '2026-11-23T02:33:31.116Z',
          subject: 'widget',
          data: { node: 'chi1', quantity: 2, uom: 'EA', orderRef: 'edi:12345678' },
        },
        {
          type: 'plimsoll.stock.received',
          subject: 'widget',
          data: { node: 'dal1', quantity: 1, disposition: 'sellable', ref: '12345678' },
        },
      ],
      refusals: [],
    }))

  test('of a lot received says the same as URN and as Digital Link', () => {
    const urn = translate(sample('receiving-by-lot-urn'))
    expect(urn.events).toMatchObject([
      {
        type: 'plimsoll.stock.received',
        subject: 'flour',
        data: { node: 'dal1', lot: '998877', quantity: 200, uom: 'KGM' },
      },
    ])
    expect(translate(sample('receiving-by-lot-digital-link'))).toEqual(urn)
  })

  test('of a cycle count is one count for each class and state', () =>
    expect(translate(sample('cycle-count')).events).toMatchObject([
      {
        type: 'plimsoll.stock.counted',
        subject: 'widget',
        data: { node: 'chi1', states: { onHand: 12 }, asOf: '2026-11-23T02:33:31.116Z' },
      },
      { subject: 'flour', data: { lot: '998877', states: { onHand: 0 } } },
      { subject: 'widget', data: { states: { damaged: 2 } } },
    ]))

  test('of a kit build uses its inputs up and makes its output', () =>
    expect(
      translate(sample('kit-build-transformation')).events.map(
        (it) => it.type === 'plimsoll.stock.adjusted' && [it.subject, it.data.quantity],
      ),
    ).toEqual([
      ['box', -1],
      ['ribbon', -1],
      ['tea', -10],
      ['gift', 2],
    ]))

  test('of a kit build is taken whole or not at all', () => {
    const partly: Codes = { ...known, sku: (code) => (code === '04012345778892' ? null : known.sku(code)) }
    expect(translate(sample('kit-build-transformation'), partly)).toMatchObject({
      events: [],
      refusals: [{ unknown: { code: '04012345778892' } }],
    })
  })

  test('of packing leaves stock as it is', () =>
    expect(translate(sample('packing-aggregation'))).toMatchObject({
      events: [],
      refusals: [],
      warnings: [{}],
    }))

  test('of a query’s answer is read like a document', () =>
    expect(translate(sample('query-document')).events).toMatchObject([
      { type: 'plimsoll.stock.shipped', data: { quantity: 1 } },
    ]))
})

describe('an error declaration', () => {
  const shipped = happening({ bizStep: 'shipping' })
  const voided = (given = {}): object => ({
    ...shipped,
    errorDeclaration: { declarationTime: '2026-11-23T00:00:00Z', reason: 'incorrect_data' },
    ...given,
  })

  test('turns the happening round, and the corrective event counts by itself', () =>
    expect(translate(sample('error-declaration-and-corrective-event')).events).toMatchObject([
      {
        type: 'plimsoll.stock.adjusted',
        id: expect.stringMatching(/133845a8\/10614141073464\/void$/),
        data: { quantity: 500 },
      },
      { type: 'plimsoll.stock.shipped', data: { quantity: 452 } },
    ]))

  test('under the original’s own id is no repetition of it', () => {
    const [original] = translate(shipped).events
    const [declared] = translate(voided()).events
    expect(declared!.id).toBe(`${original!.id}/void`)
    expect(declared!.time).toBe(original!.time)
  })

  test('under another id voids the same, once', () => {
    const [one, other] = [
      voided(),
      voided({ eventID: 'urn:uuid:2', recordTime: '2026-11-24T00:00:00Z' }),
    ].map((it) => translate(it).events[0]!)
    expect(one!.businesskey).toBe(other!.businesskey)
    expect(one!.businesskey).toBeDefined()
  })

  test('of damaged goods received takes them out of the damaged ones too', () =>
    expect(translate(voided({ bizStep: 'receiving', disposition: 'damaged' })).events).toMatchObject([
      { type: 'plimsoll.stock.moved', data: { quantity: 5, from: 'damaged', to: 'sellable' } },
      { type: 'plimsoll.stock.adjusted', data: { quantity: -5 } },
    ]))

  test('of a count is refused: only another count can tell', () =>
    expect(translate(voided({ bizStep: 'stock_taking' }))).toMatchObject({
      events: [],
      refusals: [{ class: 'unmatched', code: 'not-voidable' }],
    }))

  test('adds up to nothing with its original, whatever the step', () =>
    fc.assert(
      fc.property(
        fc.constantFrom('shipping', 'receiving', 'void_shipping', 'departing'),
        fc.integer({ min: 1, max: 1e6 }),
        (bizStep, quantity) => {
          const given = { bizStep, quantityList: [{ ...WIDGETS, quantity }] }
          const effects = [...translate(happening(given)).events, ...translate(voided(given)).events].map(
            (it) =>
              it.type === 'plimsoll.stock.shipped'
                ? -it.data.quantity
                : 'quantity' in (it.data as object)
                  ? (it.data as { quantity: number }).quantity
                  : 0,
          )
          expect(effects.reduce((a, b) => a + b, 0)).toBe(0)
          expect(effects).toHaveLength(2)
        },
      ),
    ))
})

describe('a business step', () => {
  test.each([
    ['departing', {}, { type: 'plimsoll.stock.shipped' }],
    ['retail_selling', { action: 'DELETE' }, { type: 'plimsoll.stock.shipped' }],
    ['void_shipping', {}, { type: 'plimsoll.stock.adjusted', data: { quantity: 5 } }],
    [
      'accepting',
      { disposition: 'damaged' },
      { type: 'plimsoll.stock.received', data: { disposition: 'damaged' } },
    ],
    [
      'receiving',
      {
        disposition: 'returned',
        bizTransactionList: [{ type: 'rma', bizTransaction: 'urn:epcglobal:cbv:bt:1:R7' }],
      },
      { type: 'plimsoll.stock.returned', data: { disposition: 'quarantined', ref: 'R7' } },
    ],
    [
      'picking',
      { bizTransactionList: [{ type: 'urn:epcglobal:cbv:btt:po', bizTransaction: 'http://x.example/po/7' }] },
      { type: 'plimsoll.stock.picked', data: { orderRef: 'edi:7', line: '1' } },
    ],
    ['holding', {}, { type: 'plimsoll.stock.moved', data: { from: 'sellable', to: 'quarantined' } }],
    [
      'holding',
      { disposition: 'sellable_accessible' },
      { type: 'plimsoll.stock.moved', data: { from: 'quarantined', to: 'sellable' } },
    ],
    [
      'inspecting',
      { disposition: 'non_conformant' },
      { type: 'plimsoll.stock.moved', data: { from: 'sellable', to: 'quarantined' } },
    ],
    [
      'inspecting',
      { disposition: 'damaged' },
      { type: 'plimsoll.stock.moved', data: { from: 'sellable', to: 'damaged' } },
    ],
    ['commissioning', { action: 'ADD' }, { type: 'plimsoll.stock.adjusted', data: { quantity: 5 } }],
    ['destroying', { action: 'DELETE' }, { type: 'plimsoll.stock.adjusted', data: { quantity: -5 } }],
    ['decommissioning', { action: 'DELETE' }, { type: 'plimsoll.stock.adjusted', data: { quantity: -5 } }],
    [undefined, { action: 'ADD' }, { type: 'plimsoll.stock.adjusted', data: { quantity: 5 } }],
    [undefined, { action: 'DELETE' }, { type: 'plimsoll.stock.adjusted', data: { quantity: -5 } }],
    ['shipping', { type: 'TransactionEvent', action: 'ADD' }, { type: 'plimsoll.stock.shipped' }],
    ['receiving', { isA: 'ObjectEvent', type: undefined }, { type: 'plimsoll.stock.received' }],
  ])('%s %j', (bizStep, given, expected) =>
    expect(translate(happening({ bizStep, ...given }))).toMatchObject({ events: [expected], refusals: [] }),
  )

  test.each([
    ['storing', {}],
    ['loading', {}],
    ['inspecting', { disposition: 'conformant' }],
    [undefined, {}],
    ['shipping', { type: 'TransactionEvent', action: 'DELETE' }],
  ])('%s %j leaves stock as it is, and says so', (bizStep, given) =>
    expect(translate(happening({ bizStep, ...given }))).toMatchObject({
      events: [],
      refusals: [],
      warnings: [{}],
    }),
  )

  test.each([
    ['commissioning', { action: 'DELETE' }, 'contradictory-action'],
    ['destroying', { action: 'OBSERVE' }, 'contradictory-action'],
    ['shipping', { action: 'ADD' }, 'contradictory-action'],
    ['sampling', {}, 'unsupported-business-step'],
    ['http://example.org/bizstep/shipping', {}, 'unsupported-business-step'],
    ['picking', {}, 'no-order'],
    ['shipping', { quantityList: [], epcList: ['urn:epc:id:sscc:0614141.1234567890'] }, 'contents-unknown'],
    ['shipping', { quantityList: [] }, 'no-goods'],
    ['shipping', { quantityList: [{ ...WIDGETS, quantity: undefined }] }, 'not-a-number'],
    ['shipping', { quantityList: [{ ...WIDGETS, quantity: '3' }] }, 'not-a-number'],
    ['shipping', { quantityList: [{ ...WIDGETS, quantity: -3 }] }, 'negative-quantity'],
    ['shipping', { quantityList: [{ ...WIDGETS, quantity: 2.5, uom: 'KGM' }] }, 'not-whole'],
    ['shipping', { quantityList: [{ ...WIDGETS, quantity: 1e15 }] }, 'out-of-range'],
    ['shipping', { quantityList: [], epcList: [WIDGETS.epcClass] }, 'class-in-epc-list'],
    ['shipping', { readPoint: { id: 'urn:epc:id:sgln:9999999.00001.0' }, bizLocation: CHI1 }, 'unknown-code'],
    ['shipping', { readPoint: undefined }, 'no-place'],
    ['shipping', { eventTime: 'yesterday' }, 'no-event-time'],
    ['shipping', { type: 'QuantityEvent' }, 'invalid-epcis-event'],
  ])('%s %j is refused as %s', (bizStep, given, code) =>
    expect(translate([happening({ bizStep, ...given }), happening({ bizStep: 'departing' })])).toMatchObject({
      events: [{ type: 'plimsoll.stock.shipped' }],
      refusals: [{ code }],
    }),
  )
})

describe('places and papers', () => {
  const to = (location: string): object => ({
    destinationList: [{ type: 'location', destination: location }],
  })
  const desadv = {
    bizTransactionList: [{ type: 'desadv', bizTransaction: 'urn:epcglobal:cbv:bt:0614141073467:1152' }],
  }

  test('goods shipped to a place of ours, on a paper, are a transfer; so are they when they come in', () => {
    const out = happening({ bizStep: 'shipping', ...to('https://id.gs1.org/414/0012345111112'), ...desadv })
    const into = happening({
      bizStep: 'receiving',
      bizLocation: { id: 'https://id.gs1.org/414/0012345111112' },
      sourceList: { type: 'location', source: CHI1.id },
      ...desadv,
    })
    const data = { transfer: '1152', from: 'chi1', to: 'dal1', quantity: 5 }
    expect(translate(out).events).toMatchObject([{ type: 'plimsoll.transfer.shipped', data }])
    expect(translate(into).events).toMatchObject([{ type: 'plimsoll.transfer.received', data }])
  })

  test('goods shipped to a customer are a shipment', () =>
    expect(
      translate(happening({ bizStep: 'shipping', ...to('urn:epc:id:sgln:7777777.00001.0'), ...desadv }))
        .events,
    ).toMatchObject([{ type: 'plimsoll.stock.shipped', data: { node: 'chi1', shipment: '1152' } }]))

  test('a dock may be mapped by its whole id, before its site', () => {
    const dock = { id: 'urn:epc:id:sgln:0614141.07346.1234' }
    const node = (code: string): string | null => (code === dock.id ? 'dock-9' : known.node(code))
    expect(
      translate(happening({ bizStep: 'shipping', readPoint: dock }), { ...known, node }).events,
    ).toMatchObject([{ data: { node: 'dock-9' } }])
  })

  test('an event without an id is known by what it says, in whatever order it lists its pieces', () => {
    const pieces = ['urn:epc:id:sgtin:0614141.107346.1', 'urn:epc:id:sgtin:0614141.107346.2']
    const of = (epcList: string[]): string =>
      translate(happening({ eventID: undefined, bizStep: 'shipping', epcList })).events[0]!.id
    expect(of(pieces)).toBe(of(pieces.toReversed()))
    expect(of(pieces)).not.toBe(of(pieces.slice(1)))
  })
})

describe('a body', () => {
  test.each([
    ['of XML', '<epcis:EPCISDocument/>', 'epcis-xml'],
    ['of broken JSON', '{"type":', 'not-json'],
    ['of other JSON', '{"type":"Order"}', 'not-epcis'],
    ['without events', '{"type":"EPCISDocument","epcisBody":{}}', 'not-epcis'],
  ])('%s is refused by name', (_, body, code) =>
    expect(translate(body)).toMatchObject({ events: [], refusals: [{ code }] }),
  )

  test('is recognised by its events', () => {
    const isEpcis = (body: unknown): boolean => epcisConnector.recognises(message(JSON.stringify(body)))
    expect(isEpcis(JSON.parse(sample('cycle-count')))).toBe(true)
    expect(isEpcis([happening()])).toBe(true)
    expect(isEpcis({ type: 'Order', note: 'ObjectEvent' })).toBe(false)
  })
})

test('a quantity is its pieces and its classes together, each piece once', () =>
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1 }), fc.array(fc.nat(1000)), (serials, quantities) => {
      const epcList = serials.map((serial) => `urn:epc:id:sgtin:0614141.107346.${serial}`)
      const quantityList = quantities.map((quantity) => ({ ...WIDGETS, quantity }))
      const expected = new Set(serials).size + quantities.reduce((a, b) => a + b, 0)
      const { events } = translate(happening({ bizStep: 'shipping', epcList, quantityList }))
      expect(events).toMatchObject([{ data: { quantity: expected } }])
    }),
  ))
