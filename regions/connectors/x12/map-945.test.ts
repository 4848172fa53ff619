import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { edi } from './given.ts'
import { x12Connector } from './x12.ts'

const W06 = 'W06*F*ORDER-1*20261122*SHIP-1'
const translate = (
  lines: string,
  known: Codes = anyCodes({ defaultNode: 'home' }),
  head = W06,
): Translation => x12Connector.translate(message(edi('945', `${head}\n${lines}`)), known)

const shippedBy = ({ events }: Translation): unknown =>
  events.map((it) =>
    it.type === 'plimsoll.stock.shipped' ? [it.subject, it.data.quantity, it.data.lot, it.data.uom] : it.type,
  )

describe('the Simplot 945, whose W12 is shifted', () => {
  const text = readFileSync(new URL('samples/x12types-945-simplot.edi', import.meta.url), 'utf8')
  const result = x12Connector.translate(message(text), anyCodes({ profile: { channel: 'b2b' } }))

  test('ships three lines by lot; pallet rows are parts of a line', () => {
    expect(result.refusals).toEqual([])
    expect(shippedBy(result)).toEqual([
      ['10071179016458', 72, '40550', 'CA'],
      ['10071179016458', 72, '40551', 'CA'],
      ['10071179000709', 96, '93724', 'CA'],
    ])
    expect(result.events[0]).toMatchObject({
      time: '2013-10-29T23:59:59.999Z',
      businesskey: '945/01766655/1035/line/1',
      data: { node: '708066', orderRef: 'b2b:01766655', line: '1', shipment: '1035' },
    })
  })

  test('reads the same with the shift told in the profile', () =>
    expect(shippedBy(x12Connector.translate(message(text), anyCodes({ profile: { w12Shift: 1 } })))).toEqual(
      shippedBy(result),
    ))

  test('keeps its ids when it comes again, and another document’s differ although both are ST 0001 without an envelope', () => {
    const other = x12Connector.translate(message(text.replace('1035', '1036')), anyCodes())
    const ids = (it: Translation): string[] => it.events.map(({ id }) => id)
    expect(ids(x12Connector.translate(message(text), anyCodes()))).toEqual(ids(result))
    expect(ids(result).some((id) => ids(other).includes(id))).toBe(false)
  })

  test('is taken in no part when its total differs', () => {
    const { events, refusals } = x12Connector.translate(
      message(text.replace('W03*240', 'W03*241')),
      anyCodes(),
    )
    expect(events).toEqual([])
    expect(refusals).toMatchObject([
      { class: 'control-total', detail: expect.stringContaining('says 241, its 3 lines add up to 240') },
    ])
  })
})

describe('a W12 line', () => {
  test.each([
    ['as the standard has it', 'W12*CC*5*5*0*EA*000711790164*VN*A-1*L7*10*G*L', ['A-1', 5, 'L7', 'EA']],
    ['without a unit', 'W12*CL*5*5****IN*A-1*L7*66*A3*L', ['A-1', 5, 'L7', undefined]],
    ['with a unit of our mapping', 'W12*CC*5*5**CT**VN*A-1', ['A-1', 5, undefined, 'CASE']],
    ['shifted left', 'W12*CC*5*5*EA**VN*A-1*L7', ['A-1', 5, 'L7', 'EA']],
    ['that says what is missing instead of what went', 'W12*CP*5**2*EA**VN*A-1', ['A-1', 3, undefined, 'EA']],
    ['with decimals that say nothing', 'W12*CC*5.00*5.000**EA**VN*A-1', ['A-1', 5, undefined, 'EA']],
    ['with its lot beside it', 'W12*CC*5*5**EA**VN*A-1\nN9*LT*L9', ['A-1', 5, 'L9', 'EA']],
  ])('%s', (_, line, expected) =>
    expect(
      shippedBy(translate(`LX*1\n${line}`, anyCodes({ defaultNode: 'home', uoms: { CT: 'CASE' } }))),
    ).toEqual([expected]),
  )

  test('of which nothing went is a remark', () =>
    expect(translate('LX*1\nW12*OS*5*0*5*EA**VN*A-1\nW03*0')).toMatchObject({
      events: [],
      refusals: [],
      warnings: [expect.stringContaining('line 1: nothing was shipped')],
    }))

  test('beside others under one LX keeps a number of its own', () => {
    const { events } = translate(
      'LX*1\nW12*CC*1*1**EA**VN*A\nW12*CC*2*2**EA**VN*B\nLX*2\nW12*CC*3*3**EA**VN*C\nW03*6',
    )
    expect(events.map((it) => it.type === 'plimsoll.stock.shipped' && it.data.line)).toEqual([
      '1',
      '1.2',
      '2',
    ])
    expect(new Set(events.map(({ id }) => id)).size).toBe(3)
  })

  test('with an unknown item waits, and the others count', () => {
    const known = codes({ skus: { A: 'A' }, defaultNode: 'home' })
    const { events, refusals } = translate(
      'LX*1\nW12*CC*1*1**EA**VN*A\nLX*2\nW12*CC*2*2**EA**VN*B\nW03*3',
      known,
    )
    expect(events).toHaveLength(1)
    expect(refusals).toMatchObject([
      { unknown: { kind: 'sku', code: 'B' }, detail: expect.stringContaining('945 0001, line 2') },
    ])
  })

  test.each(['2.5', '-1', 'many', ''])('with a quantity of %j is refused', (text) =>
    expect(translate(`LX*1\nW12*CC*5*${text}**EA**VN*A`)).toMatchObject({ events: [], refusals: [{}] }),
  )
})

describe('a 945', () => {
  test('without a line is refused, as it says nothing', () =>
    expect(translate('W03*0').refusals).toMatchObject([{ code: 'no-lines' }]))

  test('without a shipment’s number has no business key, as partial shipments would look the same', () => {
    const [event] = translate(
      'LX*1\nW12*CC*5*5**EA**VN*A',
      anyCodes({ defaultNode: 'home' }),
      'W06*F*ORDER-1*20261122',
    ).events
    expect(event!.businesskey).toBeUndefined()
  })

  test('without a usable order number still takes the stock out, and says that demand stays open', () => {
    const { events, warnings } = translate(
      'LX*1\nW12*CC*5*5**EA**VN*A',
      anyCodes({ defaultNode: 'home' }),
      'W06*F**20261122*S1',
    )
    expect(events).toMatchObject([{ data: { quantity: 5, shipment: 'S1' } }])
    expect(warnings).toEqual([expect.stringContaining('its demand stays open')])
  })

  test('of a simulation has no effect', () =>
    expect(translate('LX*1\nW12*CC*5*5**EA**VN*A', undefined, 'W06*K*ORDER-1*20261122')).toMatchObject({
      events: [],
      refusals: [],
    }))

  test('whose pallets hold more or less than the line is said so', () =>
    expect(translate('LX*1\nW12*CC*5*5**EA**VN*A\nN9*LV*001*3').warnings).toEqual([
      expect.stringContaining('pallets hold 3 of the 5'),
    ]))
})

test('what a 945 ships adds up to its W03, whatever its lines are', () =>
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }), (quantities) => {
      const total = quantities.reduce((a, b) => a + b, 0)
      const lines = quantities.map(
        (quantity, n) => `LX*${n + 1}\nW12*CC*${quantity}*${quantity}**EA**VN*A${n}`,
      )
      const { events } = translate(`${lines.join('\n')}\nW03*${total}`)
      const sum = events.reduce(
        (a, it) => a + (it.type === 'plimsoll.stock.shipped' ? it.data.quantity : 0),
        0,
      )
      expect(sum).toBe(total)
    }),
  ))
