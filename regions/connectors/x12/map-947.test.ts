import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, message } from '../given.ts'
import { edi } from './given.ts'
import { x12Connector } from './x12.ts'

const translate = (
  lines: string,
  known: Codes = anyCodes({ defaultNode: 'home' }),
  head = 'W15*20261122*ADJ-1*ADJ-1',
): Translation => x12Connector.translate(message(edi('947', `${head}\n${lines}`)), known)

describe('an adjustment', () => {
  test('carries its own sign, applied once', () => {
    const { events } = translate(
      'N1*WH*WAREHOUSE NAME*9*1234567890802\nN1*DE*DEPOSITOR*9*7964262860000\nW19*06*-13.000*CA*007015788277*VN*1009332***BS13026001*58.50*N******PJ*20230126',
    )
    expect(events).toMatchObject([
      {
        type: 'plimsoll.stock.adjusted',
        subject: '1009332',
        businesskey: '947/ADJ-1/line/1',
        time: '2026-11-22T23:59:59.999Z',
        data: {
          node: '1234567890802',
          quantity: -13,
          uom: 'CA',
          lot: 'BS13026001',
          reason: '947 06 book adjustment decrease',
        },
      },
    ])
  })

  test('of a gain counts from early in the day, one of a loss from late', () => {
    const { events } = translate('W19*56*3*EA**VN*A\nW19*07*-3*EA**VN*A')
    expect(events.map(({ time }) => time)).toEqual(['2026-11-22T00:00:00.000Z', '2026-11-22T23:59:59.999Z'])
  })

  test('of 0 is a remark', () =>
    expect(translate('W19*AA*0*EA**VN*A')).toMatchObject({
      events: [],
      refusals: [],
      warnings: [expect.stringContaining('line 1')],
    }))

  test('with letters before the day, and without the case code', () =>
    expect(translate('W19*AA*10*EA*VN*SKU-1', undefined, 'W15*A*ADJ-2*20261121*CYCLE').events).toMatchObject([
      {
        subject: 'SKU-1',
        time: '2026-11-21T00:00:00.000Z',
        businesskey: '947/ADJ-2/line/1',
        data: { quantity: 10, uom: 'EA' },
      },
    ]))

  test('of a part of a unit is refused, and its neighbours count', () =>
    expect(translate('W19*AA*-2.5*EA**VN*A\nW19*AA*-2*EA**VN*B')).toMatchObject({
      events: [{ subject: 'B' }],
      refusals: [{ class: 'unit', code: 'not-whole' }],
    }))
})

describe('a reason that changes a state leaves the total alone', () => {
  test.each([
    ['05', '-4', 'sellable', 'quarantined'],
    ['05', '4', 'sellable', 'quarantined'],
    ['55', '4', 'quarantined', 'sellable'],
    ['08', '-4', 'sellable', 'quarantined'],
    ['88', '4', 'quarantined', 'sellable'],
    ['AU', '-4', 'sellable', 'damaged'],
    ['AC', '-4', 'sellable', 'quarantined'],
    ['AC', '4', 'quarantined', 'sellable'],
  ])('%s %s: from %s to %s', (reason, quantity, from, to) =>
    expect(translate(`W19*${reason}*${quantity}*EA**VN*A`).events).toMatchObject([
      { type: 'plimsoll.stock.moved', data: { quantity: 4, from, to } },
    ]),
  )
})

test('every other reason changes the total by just what W19-02 says', () =>
  fc.assert(
    fc.property(
      fc.constantFrom('AA', 'AV', '07', '51', 'ZZ'),
      fc.integer({ min: 1, max: 9999 }),
      (reason, quantity) => {
        const { events } = translate(
          `W19*${reason}*${quantity}*EA**VN*A\nW19*${reason}*-${quantity}*EA**VN*A`,
        )
        expect(events).toMatchObject([{ data: { quantity } }, { data: { quantity: -quantity } }])
      },
    ),
  ))
