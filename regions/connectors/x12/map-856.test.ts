import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { edi } from './given.ts'
import { x12Connector } from './x12.ts'

const sample = (name: string): string => readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8')
const notice = (
  body: string,
  known: Codes = anyCodes({ defaultNode: 'home' }),
  head = 'BSN*00*ASN-1*20261122',
): Translation => x12Connector.translate(message(edi('856', `${head}\n${body}`)), known)
const shippedBy = ({ events }: Translation): unknown[] => events.map(({ data }) => data)

describe('the genuine 856 of a drop shipper', () => {
  const ingram = codes({
    skus: { '883929303526': 'WAR', '730865530380': 'ATL' },
    nodes: { '09': 'chicago', '18': 'memphis' },
  })
  const live = sample('eskrano-856-sample.edi').replace('|0|T|>', '|0|P|>')

  test('is a shipment a transaction, from the place that it names, at its place’s own time', () => {
    const { events } = x12Connector.translate(message(live), ingram)
    expect(events[0]).toMatchObject({
      type: 'plimsoll.stock.shipped',
      businesskey: '856/002869975/hl/4',
      time: '2013-04-01T21:00:26.000Z',
      subject: 'WAR',
      data: {
        node: 'chicago',
        quantity: 1,
        uom: 'EA',
        orderRef: 'edi:1572098',
        line: '1',
        shipment: '002869975',
      },
    })
    expect(events[1]).toMatchObject({
      data: { node: 'memphis', orderRef: 'edi:1572114', shipment: '002869994' },
    })
  })

  test('brings no consumer’s name or address along', () => {
    const { events, refusals } = x12Connector.translate(message(live), anyCodes())
    expect(refusals).toEqual([])
    expect(events).toHaveLength(3)
    expect(JSON.stringify(events)).not.toMatch(/CONSUMER|ADDRESS|CITY/)
  })
})

test('the genuine 856 without packs has its quantities, its order and its check sum', () => {
  const text = sample('node-x12-856.edi')
  const known = anyCodes({ nodes: { '1 EDI SOURCE': 'solon' } })
  const { events, refusals } = x12Connector.translate(message(text), known)
  expect(refusals).toEqual([])
  expect(events).toMatchObject([
    {
      subject: '999999310145',
      data: { quantity: 24, line: '1', orderRef: 'edi:99999817', shipment: '829716' },
    },
    { subject: '999999311746', data: { quantity: 6, line: '2' } },
  ])
  expect(x12Connector.translate(message(text.replace('CTT*4*30', 'CTT*4*31')), known)).toMatchObject({
    events: [],
    refusals: [{ code: 'control-total-mismatch' }],
  })
})

describe('a ship notice', () => {
  test('of several orders and packs ships each item once, for its own order', () => {
    const result = notice(
      `HL*1**S\nN1*SF*X*92*BER1\nHL*2*1*O\nPRF*PO-1\nHL*3*2*P\nMAN*GM*001\nHL*4*3*I\nLIN*1*VN*A*LT*L7\nSN1**5*EA
HL*5*2*P\nHL*6*5*I\nLIN*1*VN*A\nSN1**3*EA\nHL*7*1*O\nPRF*PO-2\nHL*8*7*I\nLIN**VN*B\nSN1*7*2*CA`,
    )
    expect(result.refusals).toEqual([])
    expect(shippedBy(result)).toMatchObject([
      { sku: 'A', lot: 'L7', quantity: 5, orderRef: 'edi:PO-1', line: '1', node: 'BER1' },
      { sku: 'A', quantity: 3, orderRef: 'edi:PO-1', line: '1', node: 'BER1' },
      { sku: 'B', quantity: 2, orderRef: 'edi:PO-2', line: '7', node: 'BER1' },
    ])
    expect(new Set(result.events.map((it) => it.businesskey)).size).toBe(3)
  })

  test('whose levels do not name their parents, or hold several items, is read all the same', () => {
    expect(
      shippedBy(notice('HL*1**S\nHL*2**O\nPRF*PO-1\nHL*3**I\nLIN*1*VN*A\nSN1**5*EA\nLIN*2*VN*B\nSN1**6*EA')),
    ).toMatchObject([
      { sku: 'A', quantity: 5, orderRef: 'edi:PO-1' },
      { sku: 'B', quantity: 6, orderRef: 'edi:PO-1' },
    ])
  })

  test('without an order ships, and says that its demand stays open', () =>
    expect(notice('HL*1**S\nHL*2*1*I\nLIN*1*VN*A\nSN1**5*EA')).toMatchObject({
      events: [{ data: { quantity: 5 } }],
      warnings: [expect.stringContaining('names no order')],
    }))

  test.each([
    ['it is cancelled', 'HL*1**S', 'BSN*01*ASN-1*20261122', 'unsupported-shipment-status'],
    ['it has no item', 'HL*1**S\nHL*2*1*O\nPRF*PO-1', undefined, 'no-lines'],
    ['an item has no quantity', 'HL*1**S\nHL*2*1*I\nLIN*1*VN*A', undefined, 'no-lines'],
    [
      'its place is not known',
      'HL*1**S\nN1*SF*Nowhere*92*9\nHL*2*1*I\nLIN*1*VN*A\nSN1**5*EA',
      undefined,
      'unknown-code',
    ],
  ])('is refused when %s', (_, body, head, code) =>
    expect(notice(body, codes({ skus: { A: 'a' } }), head).refusals).toMatchObject([{ code }]),
  )
})
