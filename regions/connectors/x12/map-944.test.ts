import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { edi } from './given.ts'
import { x12Connector } from './x12.ts'

const W17 = 'W17*F*20261122*RCPT-1*ORDER-1'
const translate = (
  lines: string,
  known: Codes = anyCodes({ defaultNode: 'home' }),
  head = W17,
): Translation => x12Connector.translate(message(edi('944', `${head}\n${lines}`)), known)

const receivedBy = ({ events }: Translation): unknown =>
  events.map((it) =>
    it.type === 'plimsoll.stock.received' || it.type === 'plimsoll.stock.returned'
      ? [it.data.quantity, it.data.disposition]
      : it.type,
  )

describe('a receipt', () => {
  test('brings its lines in, and names the order it fulfils', () => {
    const result = translate(
      'N1*WH*Dock*92*DC1\nW07*3024*EA*196272171026*VN*HCZK203-STK\nN9*LT*L7\nW07*6000*EA*196272482689*VN*HCZK403-STK\nW14*9024',
    )
    expect(result.refusals).toEqual([])
    expect(result.events).toMatchObject([
      {
        type: 'plimsoll.stock.received',
        id: 'x12/SENDER/000000001/7/0001/944/RCPT-1/line/1/sellable',
        businesskey: '944/RCPT-1/ORDER-1/line/1/sellable',
        time: '2026-11-22T00:00:00.000Z',
        subject: 'HCZK203-STK',
        data: { node: 'DC1', uom: 'EA', quantity: 3024, lot: 'L7', disposition: 'sellable', ref: 'ORDER-1' },
      },
      { subject: 'HCZK403-STK', data: { quantity: 6000 } },
    ])
  })

  test.each([
    [
      'damaged',
      'W13*5*EA*01**07',
      [
        [5, 'damaged'],
        [95, 'sellable'],
      ],
    ],
    [
      'on hold and of poor quality',
      'W13*5*EA*09\nW13*2*EA*04',
      [
        [7, 'quarantined'],
        [93, 'sellable'],
      ],
    ],
    ['short, which never came', 'W13*5*EA*02', [[100, 'sellable']]],
    [
      'told by W20 with letters',
      'W20*NC*96\nW20*DM*4',
      [
        [96, 'sellable'],
        [4, 'damaged'],
      ],
    ],
    ['about packing', 'W20*12*6*OZ', [[100, 'sellable']]],
  ])('with a part %s', (_, conditions, expected) =>
    expect(receivedBy(translate(`W07*100*EA**VN*A\n${conditions}\nW14*100`))).toEqual(expected),
  )

  test.each([
    ['its conditions speak of more than came', 'W07*100*EA**VN*A\nW13*101*EA*01', 'control-total-mismatch'],
    ['good and bad leave some out', 'W07*100*EA**VN*A\nW20*NC*90\nW20*DM*5', 'control-total-mismatch'],
    ['its total differs', 'W07*100*EA**VN*A\nW14*99', 'control-total-mismatch'],
    ['a condition is unknown', 'W07*100*EA**VN*A\nW13*5*EA*77', 'unknown-condition'],
    ['a quantity is no whole number', 'W07*2.5*EA**VN*A', 'not-whole'],
    ['nothing names an item', 'W07*10*EA', 'no-item-code'],
    ['it has no lines', 'W14*0', 'no-lines'],
  ])('is refused when %s', (_, lines, code) =>
    expect(translate(lines)).toMatchObject({ events: [], refusals: [{ code }] }),
  )

  test('finds the place in N1*ST, where no N1*WH is', () => {
    const known = codes({ skus: { A: 'A' }, nodes: { DC1: 'dc1' } })
    const { events } = translate('N1*SF*Factory*92*F1\nN1*ST*Us*92*DC1\nW07*1*EA**VN*A', known)
    expect(events).toMatchObject([{ data: { node: 'dc1' } }])
  })

  test.each([
    ['the number before the day', 'W17*X*RCPT-1*20261122*ORDER-1'],
    ['no code', 'W17*20261122*RCPT-1*ORDER-1'],
  ])('reads a header with %s', (_, head) =>
    expect(translate('W07*1*EA*VN*A', undefined, head).events).toMatchObject([
      { subject: 'A', time: '2026-11-22T00:00:00.000Z', businesskey: '944/RCPT-1/ORDER-1/line/1/sellable' },
    ]),
  )
})

describe('a reporting code', () => {
  test('C is a customer’s return, not for sale before someone has looked at it', () => {
    const result = translate('W07*3*EA**VN*A\nW13*1*EA*01', undefined, 'W17*C*20261122*RCPT-1*RMA-9')
    expect(result.events.map(({ type }) => type)).toEqual([
      'plimsoll.stock.returned',
      'plimsoll.stock.returned',
    ])
    expect(receivedBy(result)).toEqual([
      [1, 'damaged'],
      [2, 'quarantined'],
    ])
  })

  test('K is a simulation and has no effect', () =>
    expect(translate('W07*3*EA**VN*A', undefined, 'W17*K*20261122*R*O')).toMatchObject({
      events: [],
      refusals: [],
    }))

  test('S, a shortage found at a count, is no receipt', () =>
    expect(translate('W07*3*EA**VN*A', undefined, 'W17*S*20261122*R*O').refusals).toMatchObject([
      { code: 'unsupported-reporting-code' },
    ]))
})
