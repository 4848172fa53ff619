import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Codes, Translation } from '../connector.ts'
import { anyCodes, codes, message } from '../given.ts'
import { edi } from './given.ts'
import { x12Connector } from './x12.ts'

const sample = (name: string): string => readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8')
const translate = (
  text: string | Uint8Array,
  known: Codes = anyCodes({ defaultNode: 'home' }),
): Translation => x12Connector.translate(message(text), known)

const SHIPPED = 'W06*F*ORDER-1*20261122*SHIP-1\nLX*1\nW12*CC*5*5**EA**VN*A'

describe('the genuine 940', () => {
  const known = codes({
    skus: { '000100': 'A', '000200': 'B', '000300': 'C' },
    nodes: { '0581493780140': 'ontario' },
  })

  test('is demand, and depletes nothing', () => {
    const { events, refusals } = translate(sample('x12types-940-1.edi'), known)
    expect(refusals).toEqual([])
    const line = { node: 'ontario', uom: 'CA', dueAt: '2000-02-04T00:00:00.000Z' }
    expect(events).toMatchObject([
      {
        type: 'plimsoll.order.accepted',
        businesskey: '940/538686',
        data: {
          orderRef: 'edi:538686',
          channel: 'edi',
          lines: [
            { line: '1', sku: 'A', quantity: 12, ...line },
            { line: '2', sku: 'B', quantity: 32, ...line },
            { line: '3', sku: 'C', quantity: 12, ...line },
          ],
        },
      },
    ])
  })

  test('is taken whole or not at all, and names every code it waits for', () => {
    const { events, refusals } = translate(
      sample('x12types-940-1.edi'),
      codes({ skus: { '000200': 'B' }, nodes: { ONTARIO: 'o' } }),
    )
    expect(events).toEqual([])
    expect(refusals.map(({ unknown }) => unknown?.code)).toEqual(['000100', '000300'])
  })

  test.each([
    ['its total differs', (text: string) => text.replace('W76*56', 'W76*57'), 'control-total-mismatch'],
    ['nobody knows its status', (text: string) => text.replace('W05*N', 'W05*Q'), 'unsupported-order-status'],
    ['it has no order number', (text: string) => text.replace('*538686**', '***'), 'no-order-number'],
  ])('is refused when %s', (_, change, code) =>
    expect(translate(change(sample('x12types-940-1.edi')), known)).toMatchObject({
      events: [],
      refusals: [{ code }],
    }),
  )
})

describe('of a file', () => {
  test('traffic marked as a test has no effect, and says so', () => {
    expect(translate(edi('945', SHIPPED, { usage: 'T' }))).toMatchObject({
      events: [],
      refusals: [],
      warnings: [expect.stringContaining('ISA15 is T')],
    })
    expect(translate(sample('eskrano-856-sample.edi'))).toMatchObject({
      events: [],
      refusals: [],
      warnings: [{}, {}, {}],
    })
  })

  test('sets that are not taken are refused by number, and the others count', () => {
    expect(translate(edi('852', 'XQ*H*20261122')).refusals).toMatchObject([
      { code: 'unsupported-transaction-set', detail: expect.stringContaining('852 0001') },
    ])
    const mixed = translate(edi('852', 'XQ*H*20261122') + edi('945', SHIPPED, { control: '000000002' }))
    expect(mixed.events).toHaveLength(1)
    expect(mixed.refusals).toMatchObject([{ code: 'unsupported-transaction-set' }])
  })

  test('acknowledgements are remarks', () =>
    expect(translate(edi('997', 'AK1*SW*7'))).toMatchObject({
      events: [],
      refusals: [],
      warnings: [expect.stringContaining('acknowledgement')],
    }))

  test('a transaction cut off is refused, and those before it count', () => {
    const text =
      edi('945', SHIPPED) + edi('945', SHIPPED.replace('SHIP-1', 'SHIP-2'), { control: '000000002' })
    const { events, refusals } = translate(text.slice(0, text.lastIndexOf('SE*')))
    expect(events).toHaveLength(1)
    expect(refusals).toMatchObject([{ code: 'truncated-transaction' }])
  })

  test('in ISO-8859-1 is read, with a remark', () => {
    const latin1 = Uint8Array.from(edi('945', `N1*SF*Käserei*92*home\n${SHIPPED}`), (ch) =>
      ch.codePointAt(0)!,
    )
    const { events, warnings } = translate(latin1)
    expect(events).toHaveLength(1)
    expect(warnings).toEqual(['not UTF-8; it was read as ISO-8859-1'])
  })

  test('the same document in a new interchange has other ids and the same business keys', () => {
    const [first, second] = [edi('945', SHIPPED), edi('945', SHIPPED, { control: '000000002' })].map(
      (it) => translate(it).events[0]!,
    )
    expect(first!.id).not.toBe(second!.id)
    expect(first!.businesskey).toBe(second!.businesskey)
  })

  test('what it is shows in its beginning', () => {
    const isX12 = (text: string): boolean => x12Connector.recognises(message(text))
    expect(isX12(edi('945', SHIPPED))).toBe(true)
    expect(isX12(sample('x12types-945-simplot.edi'))).toBe(true)
    expect(isX12('STOCK LIST')).toBe(false)
    expect(isX12("UNA:+.? 'UNB+UNOC:3")).toBe(false)
  })
})
