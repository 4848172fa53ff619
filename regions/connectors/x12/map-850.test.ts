import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { edi } from './given.ts'
import { x12Connector } from './x12.ts'

const LINES = 'PO1*1*12*EA*9.25*TE*VN*A*PL*77\nPO1*2*3*CA***VN*B\nCTT*2*15'
const order = (body = LINES, head = 'BEG*00*SA*PO-7**20261120', known: Codes = anyCodes()): Translation =>
  x12Connector.translate(message(edi('850', `${head}\n${body}`)), known)

describe('a purchase order', () => {
  test('is demand of the partner’s channel, line by line, and moves no stock', () => {
    const { events, refusals, warnings } = order(
      `DTM*010*20261124\nN1*ST*A Consumer*92*0042\nN3*Their Street 1\n${LINES}`,
      undefined,
      anyCodes({ profile: { channel: 'b2b' } }),
    )
    expect([refusals, warnings]).toEqual([[], []])
    expect(events).toEqual([
      expect.objectContaining({
        type: 'plimsoll.order.accepted',
        id: 'x12/SENDER/000000001/7/0001/850/PO-7',
        businesskey: '850/PO-7',
        time: '2026-11-23T09:30:00.000Z',
        data: {
          orderRef: 'b2b:PO-7',
          channel: 'b2b',
          lines: [
            { line: '1', sku: 'A', quantity: 12, uom: 'EA', dueAt: '2026-11-24T00:00:00.000Z' },
            { line: '2', sku: 'B', quantity: 3, uom: 'CA', dueAt: '2026-11-24T00:00:00.000Z' },
          ],
        },
      }),
    ])
    expect(JSON.stringify(events), 'who it is for is nobody’s business here').not.toContain('Consumer')
  })

  test('may say of a line when it is due, and of the order where it is to come from', () => {
    const { events } = order('N1*SF*Berlin*92*BER1\nPO1*1*1*EA***VN*A\nDTM*002*20261201\nPO1*2*1*EA***VN*B')
    expect(events).toMatchObject([
      {
        data: {
          lines: [{ node: 'BER1', dueAt: '2026-12-01T00:00:00.000Z' }, { node: 'BER1' }],
        },
      },
    ])
    expect((events[0] as { data: { lines: object[] } }).data.lines[1]).not.toHaveProperty('dueAt')
  })

  test('of an unnumbered line takes its place', () =>
    expect(order('PO1**2*EA***VN*A\nPO1**3*EA***VN*B').events).toMatchObject([
      { data: { lines: [{ line: '1' }, { line: '2' }] } },
    ]))

  test('is taken whole or not at all, and names every code it waits for', () => {
    const { events, refusals } = order(LINES, undefined, codes({ skus: { B: 'b' } }))
    expect(events).toEqual([])
    expect(refusals.map(({ unknown }) => unknown?.code)).toEqual(['A'])
  })

  test('is cancelled as a whole', () =>
    expect(order('', 'BEG*01*SA*PO-7**20261120').events).toMatchObject([
      { type: 'plimsoll.order.cancelled', businesskey: '850/PO-7/cancelled', data: { orderRef: 'edi:PO-7' } },
    ]))

  test('is replaced by a later one, which names all that is wanted', () => {
    const { events, warnings } = order(LINES, 'BEG*05*SA*PO-7**20261121')
    expect(events).toMatchObject([
      { type: 'plimsoll.order.changed', data: { orderRef: 'edi:PO-7', isWhole: true } },
    ])
    expect(events[0]).not.toHaveProperty('businesskey')
    expect(warnings).toEqual([])
  })

  test('is changed in the lines that a later one names', () => {
    const { events, warnings } = order(LINES, 'BEG*04*SA*PO-7**20261121')
    expect(events).toMatchObject([
      { type: 'plimsoll.order.changed', data: { lines: [{ quantity: 12 }, { quantity: 3 }] } },
    ])
    expect(events[0]!.data).not.toHaveProperty('isWhole')
    expect(warnings).toEqual([expect.stringContaining('lines that it does not name stay')])
  })

  test.each(['00', '06', '07', '15'])('of purpose %s is the same order, whichever comes first', (purpose) =>
    expect(order(LINES, `BEG*${purpose}*SA*PO-7**20261120`).events).toMatchObject([
      { type: 'plimsoll.order.accepted', businesskey: '850/PO-7' },
    ]),
  )

  test.each(['22', '28'])('of purpose %s has no effect', (purpose) =>
    expect(order(LINES, `BEG*${purpose}*SA*PO-7**20261120`)).toMatchObject({ events: [], refusals: [] }),
  )

  test('released from a blanket order is one of its own; the blanket order is no demand', () => {
    expect(order(LINES, 'BEG*00*RL*PO-7*3*20261120').events).toMatchObject([
      { data: { orderRef: 'edi:PO-7-3' } },
    ])
    expect(order(LINES, 'BEG*00*BK*PO-7**20261120')).toMatchObject({
      events: [],
      refusals: [],
      warnings: [expect.stringContaining('blanket')],
    })
  })

  test.each([
    ['its sum differs', LINES.replace('*15', '*16'), undefined, 'control-total-mismatch'],
    ['it has no lines', 'CTT*0', undefined, 'no-lines'],
    ['it has no number', LINES, 'BEG*00*SA', 'no-order-number'],
    ['nobody knows its purpose', LINES, 'BEG*08*SA*PO-7', 'unsupported-order-status'],
    ['a quantity is none', LINES.replace('*12*', '*twelve*'), undefined, 'not-a-number'],
    ['a quantity is less than nothing', LINES.replace('*12*', '*-12*'), undefined, 'negative-quantity'],
    ['its warehouse is not known', `N1*WH*Nowhere*92*9\n${LINES}`, undefined, 'unknown-code'],
  ])('is refused when %s', (_, body, head, code) => {
    const known = { ...anyCodes(), node: () => null }
    const { events, refusals } = order(body, head, known)
    expect(events).toEqual([])
    expect(new Set(refusals.map((it) => it.code))).toContain(code)
  })

  test('counts lines otherwise than we do, which is only remarked upon', () =>
    expect(order(LINES.replace('CTT*2', 'CTT*9'))).toMatchObject({
      events: [{}],
      warnings: [expect.stringContaining('CTT says 9')],
    }))
})
