import { describe, expect, test } from 'vitest'
import type { Translation } from './connector.ts'
import { epcisConnector } from './epcis/epcis.ts'
import { anyCodes, message } from './given.ts'
import { edi } from './x12/given.ts'
import { x12Connector } from './x12/x12.ts'

/** FLOUR is measured in KG with three decimals: facts count grams. NAIL is counted. */
const known = anyCodes({
  decimals: { FLOUR: 3 },
  holds: { CA: 12 },
  uoms: { KGM: 'KG' },
  defaultNode: 'home',
})
const x12 = (set: string, body: string): Translation => x12Connector.translate(message(edi(set, body)), known)
const epcis = (quantity: unknown, sku = 'FLOUR', uom = 'KGM'): Translation =>
  epcisConnector.translate(
    message(
      JSON.stringify({
        type: 'EPCISDocument',
        schemaVersion: '2.0',
        epcisBody: {
          eventList: [
            {
              type: 'ObjectEvent',
              eventID: 'urn:uuid:1',
              eventTime: '2026-11-22T10:00:00Z',
              eventTimeZoneOffset: '+00:00',
              action: 'OBSERVE',
              bizStep: 'receiving',
              readPoint: { id: 'urn:epc:id:sgln:0614141.07346.0' },
              quantityList: [{ epcClass: 'urn:epc:class:lgtin:4012345.012345.L1', quantity, uom }],
            },
          ],
        },
      }),
    ),
    { ...known, sku: () => sku },
  )
const said = ({ events, refusals }: Translation): unknown[] => [
  ...events.map(({ data }) => {
    const { quantity, uom, states, lines } = data as unknown as Record<string, unknown>
    return { quantity, uom, states, lines }
  }),
  ...refusals.map(({ code }) => code),
]

describe('a vendor’s decimals of a measured item become its minor units, exactly', () => {
  test.each([
    ['846', 'LIN*1*VN*FLOUR\nQTY*17*2.5*KG\nQTY*33*0.001*KG', { states: { onHand: 2500 } }],
    ['846', 'LIN*1*VN*FLOUR\nQTY*33*3*KG\nSCH*1.25*KG*WH*a\nSCH*1.75*KG*WH*b', { states: { onHand: 1250 } }],
    [
      '940',
      'W05*N*O-1\nW01*0.5*KG**VN*FLOUR\nW76*0.5',
      { lines: [{ line: '1', sku: 'FLOUR', quantity: 500 }] },
    ],
    ['944', 'W17*F*20261122*R-1*O-1\nW07*10.1*KG**VN*FLOUR\nW13*0.1*KG*01\nW14*10.1', { quantity: 100 }],
    ['945', 'W06*F*O-1*20261122*S-1\nW12*CC*3*2.75**KG**VN*FLOUR\nW03*2.75', { quantity: 2750 }],
    ['945', 'W06*F*O-1*20261122*S-1\nW12*CC*3**0.3*KG**VN*FLOUR', { quantity: 2700 }],
    ['947', 'W15*20261122*A-1\nW19*07*-1.005*KG**VN*FLOUR', { quantity: -1005 }],
    ['947', 'W15*20261122*A-1\nW19*05*-2*KG**VN*FLOUR', { quantity: 2000 }],
  ])('an X12 %s: %s', (set, body, expected) => {
    const [first] = said(x12(set, body))
    expect(first).toMatchObject(expected)
    expect((first as { uom?: string }).uom, 'grams are not in KG').toBeUndefined()
  })

  test('a whole number of the base unit is no whole number of grams: 2 KG are 2000', () =>
    expect(said(x12('945', 'W06*F*O*20261122*S\nW12*CC*2*2**KG**VN*FLOUR'))).toMatchObject([
      { quantity: 2000 },
    ]))

  test('an EPCIS quantity, with floats no good for it', () => {
    expect(said(epcis(2.5))).toMatchObject([{ quantity: 2500, uom: undefined }])
    expect(said(epcis(0.1 + 0.2)), '0.30000000000000004').toEqual(['not-whole'])
    expect(said(epcis(1.005))).toMatchObject([{ quantity: 1005 }])
  })
})

test('half a case is the pieces that are in it', () => {
  expect(said(x12('945', 'W06*F*O*20261122*S\nW12*CC*3*2.5**CA**VN*NAIL'))).toMatchObject([
    { quantity: 30, uom: undefined },
  ])
})

describe('never rounded', () => {
  test.each([
    ['finer than the item has decimals', 'W12*CC*3*2.0005**KG**VN*FLOUR', ['not-whole']],
    ['of a counted item', 'W12*CC*3*2.5**EA**VN*NAIL', ['not-whole']],
    ['of a unit that does not come out whole', 'W12*CC*3*2.3**CA**VN*NAIL', ['not-whole']],
    ['of a unit that nobody knows', 'W12*CC*3*2.5**PL**VN*NAIL', ['not-whole']],
    ['beyond counting', 'W12*CC*3*999999999999**KG**VN*FLOUR', ['out-of-range']],
  ])('what is %s', (_, line, codes) => expect(said(x12('945', `W06*F*O*20261122*S\n${line}`))).toEqual(codes))

  test('and sums of decimals are right to the last place', () => {
    const lines = Array.from({ length: 10 }, () => 'W12*CC*1*0.1**KG**VN*FLOUR').join('\n')
    expect(said(x12('945', `W06*F*O*20261122*S\n${lines}\nW03*1`))).toHaveLength(10)
    expect(said(x12('945', `W06*F*O*20261122*S\n${lines}\nW03*1.1`))).toEqual(['control-total-mismatch'])
  })
})
