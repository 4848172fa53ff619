import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CanonicalEvent } from '../../../shared/contract/events.ts'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { edi } from './given.ts'
import { x12Connector } from './x12.ts'

const BIA = 'BIA*00*DD*R-1*20261122*0815'
const translate = (body: string, known: Codes = anyCodes({ defaultNode: 'home' })): Translation =>
  x12Connector.translate(message(edi('846', `${BIA}\n${body}`)), known)

const countOf = (event: CanonicalEvent): unknown =>
  event.type === 'plimsoll.stock.counted' ? [event.subject, event.data.node, event.data.states] : event

describe('the genuine 846 of a distributor with seven warehouses', () => {
  const file = readFileSync(new URL('samples/eskrano-846-sample.edi', import.meta.url))
  const { events, refusals, warnings } = x12Connector.translate(message(new Uint8Array(file)), anyCodes())
  const counts = events.filter((it) => it.type === 'plimsoll.stock.counted')

  test('is one count for each of 7 items and 7 warehouses, zeros too', () => {
    expect(counts).toHaveLength(49)
    expect([refusals, warnings]).toEqual([[], []])
    expect(new Set(counts.map(({ id }) => id)).size).toBe(49)
    expect(new Set(counts.map(({ data }) => data.uom))).toEqual(new Set(['EA']))
    expect(new Set(counts.map(({ data }) => data.asOf))).toEqual(new Set(['2013-04-02T13:01:15.610Z']))
  })

  test.each([
    ['704400095108', { BALTIMORE: 1 }],
    ['054961839292', { CHICAGO: 2, MEMPHIS: 6 }],
    ['013132603605', {}],
    ['013132603599', {}],
    ['786936812459', { DALLAS: 1, CHICAGO: 194, PORTLAND: 16, MEMPHIS: 19, BALTIMORE: 1, ORANGE: 2 }],
    ['089218449696', { CHICAGO: 9 }],
    ['827058110693', { CHICAGO: 1, MEMPHIS: 2, ORANGE: 1 }],
  ])('counts %s as %j', (upc, expected) => {
    const found = counts.filter(({ subject, data }) => subject === upc && data.states.onHand !== 0)
    expect(Object.fromEntries(found.map(({ data }) => [data.node, data.states.onHand]))).toEqual(expected)
  })

  test('gives the same events when it comes again, and the same business keys in a new interchange', () => {
    const again = x12Connector.translate(message(new Uint8Array(file)), anyCodes())
    expect(again.events).toEqual(events)
    const resent = file.toString().replaceAll('000037153', '000099999')
    const keys = x12Connector
      .translate(message(resent), anyCodes())
      .events.map(({ businesskey }) => businesskey)
    expect(keys).toEqual(events.map(({ businesskey }) => businesskey))
  })

  test('counts all but one warehouse when that one is unknown, and names it once an item', () => {
    const known: Codes = {
      ...anyCodes(),
      node: (code) => (code === 'ORANGE' ? null : code.replace(' ', '-')),
    }
    const partly = x12Connector.translate(message(new Uint8Array(file)), known)
    expect(partly.events).toHaveLength(42)
    expect(partly.refusals).toHaveLength(7)
    expect(partly.refusals[0]).toMatchObject({
      code: 'unknown-code',
      unknown: { kind: 'node', code: 'ORANGE' },
    })
  })
})

describe('a quantity', () => {
  test('on hand goes before what is for sale of it', () =>
    expect(translate('LIN*1*VN*A\nQTY*33*7*EA\nQTY*17*9*EA').events.map(countOf)).toEqual([
      ['A', 'home', { onHand: 9 }],
    ]))

  test('means what the partner’s profile says', () => {
    const profile = { quantityStates: { QH: 'quarantined', 33: 'ignore', '20': 'damaged' } } as const
    const { events, refusals } = translate(
      'LIN*1*VN*A\nQTY*33*7\nQTY*17*9\nQTY*QH*2\nQTY*20*1',
      anyCodes({ defaultNode: 'home', profile }),
    )
    expect(events.map(countOf)).toEqual([['A', 'home', { onHand: 9, quarantined: 2, damaged: 1 }]])
    expect(refusals).toEqual([])
  })

  test('of an unknown kind is passed over with a word, and refused where it is the only one', () => {
    const { events, refusals, warnings } = translate('LIN*1*VN*A\nQTY*17*9\nQTY*63*100\nLIN*2*VN*B\nQTY*QA*4')
    expect(events).toHaveLength(1)
    expect(warnings).toEqual([expect.stringContaining('kind 63, QA')])
    expect(refusals).toMatchObject([
      { code: 'unknown-quantity-kind', detail: expect.stringContaining('line 2') },
    ])
  })

  test.each([
    ['2.5', 'unit', 'not-whole'],
    ['-3', 'malformed', 'negative-quantity'],
    ['', 'malformed', 'not-a-number'],
    ['1E3', 'malformed', 'not-a-number'],
    ['99999999999999999999', 'unit', 'out-of-range'],
  ])('of %s is refused', (text, kind, code) =>
    expect(translate(`LIN*1*VN*A\nQTY*17*${text}*EA`)).toMatchObject({
      events: [],
      refusals: [{ class: kind, code }],
    }),
  )

  test('of 72.000 is 72', () =>
    expect(translate('LIN*1*VN*A\nQTY*17*72.000*EA').events.map(countOf)).toEqual([
      ['A', 'home', { onHand: 72 }],
    ]))

  test('that its warehouses do not add up to is refused, with all its warehouses', () =>
    expect(translate('LIN*1*VN*A\nQTY*33*8*EA\nSCH*2*EA*WH*X\nSCH*5*EA*WH*Y')).toMatchObject({
      events: [],
      refusals: [
        { class: 'control-total', detail: expect.stringContaining('says 8, its 2 SCH rows add up to 7') },
      ],
    }))

  test('said twice for one place is taken in neither way, unless both say the same', () => {
    expect(translate('LIN*1*VN*A\nQTY*17*1\nLIN*2*VN*A\nQTY*17*2').refusals).toMatchObject([
      { code: 'counted-twice' },
    ])
    expect(translate('LIN*1*VN*A\nQTY*17*1\nQTY*17*2').refusals).toMatchObject([{ code: 'counted-twice' }])
    expect(translate('LIN*1*VN*A\nQTY*17*1\nLIN*2*VN*A\nQTY*17*1').events).toHaveLength(1)
  })
})

describe('the place of a count', () => {
  const nodes = { DC1: 'dc1', DC2: 'dc2' }
  const known = codes({ skus: { A: 'A' }, nodes, defaultNode: 'home' })

  test.each([
    [
      'before its quantities',
      'LIN*1*VN*A\nN1*WH*East*92*DC1\nQTY*17*1\nN1*WH*West*92*DC2\nQTY*17*2',
      { dc1: 1, dc2: 2 },
    ],
    [
      'behind its quantities',
      'LIN*1*VN*A\nQTY*33*0\nQTY*17*1\nN1*WH*East*92*DC1\nQTY*17*2\nN1*WH**92*DC2',
      { dc1: 1, dc2: 2 },
    ],
    ['in REF*ZZ', 'LIN*1*VN*A\nQTY*17*1\nREF*ZZ*DC2', { dc2: 1 }],
    ['in LQ', 'LIN*1*VN*A\nLQ*LOC*DC2\nQTY*17*1', { dc2: 1 }],
    [
      'in the header',
      'N1*WH*DC1\nLIN*1*VN*A\nQTY*17*1\nLIN*2*VN*A*LT*L7\nQTY*17*3\nREF*ZZ*DC2',
      { dc1: 1, dc2: 3 },
    ],
    ['nowhere, for a source that has one place', 'LIN*1*VN*A\nQTY*17*1', { home: 1 }],
    ['in a REF*ZZ that means something else', 'LIN*1*VN*A\nREF*ZZ*season 26\nQTY*17*1', { home: 1 }],
  ])('may stand %s', (_, body, expected) => {
    const { events, refusals } = translate(body, known)
    const counts = events.filter((it) => it.type === 'plimsoll.stock.counted')
    expect(Object.fromEntries(counts.map(({ data }) => [data.node, data.states.onHand]))).toEqual(expected)
    expect(refusals).toEqual([])
  })

  test('unknown or missing is refused, never guessed', () => {
    const strict = codes({ skus: { A: 'A' } })
    expect(translate('LIN*1*VN*A\nN1*WH*Somewhere*92*DC9\nQTY*17*1', known).refusals).toMatchObject([
      { unknown: { kind: 'node', code: 'DC9' } },
    ])
    expect(translate('LIN*1*VN*A\nQTY*17*1', strict).refusals).toMatchObject([{ code: 'no-place' }])
  })
})

describe('the item of a count', () => {
  test('is the first code that is known, GTINs first, or in the order of the profile', () => {
    const lin = 'LIN*1*VP*V-1*UP*704400095108\nQTY*17*1'
    const known = (skus: Record<string, string>, itemQualifiers?: string[]): Codes =>
      codes({ skus, defaultNode: 'home', profile: itemQualifiers ? { itemQualifiers } : {} })
    const subjects = (it: Codes): unknown => translate(lin, it).events.map(({ subject }) => subject)
    expect(subjects(known({ 'V-1': 'by-vp', '704400095108': 'by-up' }))).toEqual(['by-up'])
    expect(subjects(known({ 'V-1': 'by-vp', '704400095108': 'by-up' }, ['VP']))).toEqual(['by-vp'])
    expect(subjects(known({ 'VP:V-1': 'by-vp' }))).toEqual(['by-vp'])
  })

  test('unknown is refused by its best code, and a line without any by what it has', () => {
    const { refusals } = translate(
      'LIN*1*VP*V-1*UP*704400095108\nQTY*17*1\nLIN*2*XX*1\nQTY*17*1',
      codes({ defaultNode: 'home' }),
    )
    expect(refusals).toMatchObject([
      { unknown: { code: '704400095108' } },
      { code: 'no-item-code', detail: expect.stringContaining('XX 1') },
    ])
  })
})

describe('a report is as of', () => {
  test.each([
    ['its own day and time', 'BIA*00*DD*R-1*20261122*0815', '2026-11-22T08:15:00.000Z'],
    [
      'a DTM with a time, where BIA has only the day',
      'BIA*00*DD*R-1*20261122\nDTM*007*20261122*0700',
      '2026-11-22T07:00:00.000Z',
    ],
    [
      'the time it was sent, where both are of the same day',
      'BIA*00*DD*R-1*20261123',
      '2026-11-23T09:30:00.000Z',
    ],
    ['the beginning of its day, otherwise', 'BIA*00*DD*R-1*20261122', '2026-11-22T00:00:00.000Z'],
    ['the time it was sent, where it names no day', 'BIA*00*DD*R-1', '2026-11-23T09:30:00.000Z'],
  ])('%s', (_, head, expected) => {
    const text = edi('846', `${head}\nLIN*1*VN*A\nQTY*17*1`)
    const { events } = x12Connector.translate(message(text), anyCodes({ defaultNode: 'home' }))
    expect(events).toMatchObject([{ time: expected, data: { asOf: expected } }])
  })

  test('which is refused when it withdraws or only asks', () =>
    expect(
      x12Connector.translate(message(edi('846', 'BIA*01*DD*R-1*20261122\nLIN*1*VN*A\nQTY*17*1')), anyCodes())
        .refusals,
    ).toMatchObject([{ code: 'unsupported-purpose' }]))
})

test('however a quantity is split over warehouses, what is counted adds up to it', () =>
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { minLength: 1, maxLength: 20 }), (parts) => {
      const total = parts.reduce((a, b) => a + b, 0)
      const rows = parts.map((part, n) => `SCH*${part}*EA*WH*W${n}`).join('\n')
      const counts = translate(`LIN*1*VN*A\nQTY*33*${total}*EA\n${rows}`).events.filter(
        (it) => it.type === 'plimsoll.stock.counted',
      )
      expect(counts.map(({ data }) => data.states.onHand)).toEqual(parts)
    }),
  ))
