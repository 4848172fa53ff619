import { describe, expect, test } from 'vitest'
import type { Fact } from '../../shared/contract/events.ts'
import { classifyCount, type Grounds, type Shown } from './classify-count.ts'

const NOON = Date.parse('2026-11-23T12:00:00.000Z')
const WMS = 'wms-ber1' as Grounds['sources'][number]['source']
let told = 0
const fact = (type: string, data: object, more: object = {}): Fact =>
  ({
    specversion: '1.0',
    id: `e${++told}`,
    source: 'wms-ber1',
    type: `plimsoll.${type}`,
    time: new Date(NOON - 60_000).toISOString(),
    subject: 'X',
    data: { node: 'ber1', ...data },
    ...more,
  }) as unknown as Fact
const received = (quantity: number, more: object = {}, at: object = {}) =>
  fact('stock.received', { quantity, ...more }, at)

const shown = (counted: number, ledger: number): Shown => ({
  node: 'ber1',
  state: 'onHand',
  lot: undefined,
  difference: counted - ledger,
  counted,
  ledger,
  asOf: NOON,
})
const grounds = (more: Partial<Grounds>): Grounds => ({
  facts: [],
  factors: [],
  sources: [{ source: WMS, missing: [], condition: 'fresh' }],
  opposites: [],
  unknownCodes: 0,
  ...more,
})
const classOf = (it: Shown, more: Partial<Grounds>) => classifyCount(it, grounds(more)).class

describe('a difference', () => {
  test('by what one source told under two ids is a duplicate, with both ids', () => {
    const facts = [received(10), received(10), received(3)]
    expect(classifyCount(shown(13, 23), grounds({ facts }))).toMatchObject({
      class: 'duplicate',
      evidence: { ids: [facts[0]!.id, facts[1]!.id], units: 10 },
    })
    const [ship, other] = [
      { orderRef: 'web:1', line: '1' },
      { orderRef: 'web:2', line: '1' },
    ]
    const shipped = (of: object) => fact('stock.shipped', { quantity: 2, ...of })
    expect(classOf(shown(10, 8), { facts: [shipped(ship), shipped(ship)] })).toBe('duplicate')
    expect(classOf(shown(10, 8), { facts: [shipped(ship), shipped(other)] })).toBe('unknown')
  })

  test('is none by two receipts of the same size at different hours', () => {
    const earlier = { time: new Date(NOON - 3_600_000).toISOString() }
    expect(classOf(shown(10, 20), { facts: [received(10), received(10, {}, earlier)] })).toBe('unknown')
  })

  test('that fits pieces taken for boxes, or boxes for pieces, is a unit', () => {
    expect(classifyCount(shown(24, 2), grounds({ facts: [received(2)], factors: [6, 12] }))).toMatchObject({
      class: 'unit',
      evidence: { units: 2, factor: 12 },
    })
    expect(classOf(shown(12, 144), { facts: [received(144)], factors: [12] })).toBe('unit')
    expect(classOf(shown(5, 60), { factors: [12] })).toBe('unit')
    expect(classOf(shown(0, 60), { factors: [12] })).toBe('unknown')
  })

  test('that another sku shows the other way round is a mapping, as is a code that nobody knows', () => {
    expect(classOf(shown(3, 5), { opposites: ['Y'] })).toBe('mapping')
    expect(classOf(shown(3, 5), { unknownCodes: 2 })).toBe('mapping')
  })

  test('with a hole in the source’s counter is a missing event', () => {
    const missing = [{ from: 4, to: 4 }]
    expect(
      classifyCount(
        shown(3, 5),
        grounds({ sources: [{ source: WMS, missing, condition: 'fresh' }], unknownCodes: 1 }),
      ),
    ).toMatchObject({ class: 'missing-event', evidence: { holes: [{ source: WMS, missing }] } })
  })

  test('by a pick that never left, or a transfer that never came in, is a missing event', () => {
    const picked = fact('stock.picked', { quantity: 2, orderRef: 'web:1', line: '1' })
    expect(classOf(shown(3, 5), { facts: [picked] })).toBe('missing-event')
    const left = fact('stock.shipped', { quantity: 2, orderRef: 'web:1', line: '1' })
    expect(classOf(shown(3, 5), { facts: [left, picked] })).toBe('unknown')
    const sent = fact('transfer.shipped', { transfer: 'T1', from: 'ham1', to: 'ber1', quantity: 7 })
    expect(classOf(shown(12, 5), { facts: [sent] })).toBe('missing-event')
  })

  test('while the source is silent is a matter of time', () => {
    expect(classOf(shown(3, 5), { sources: [{ source: WMS, missing: [], condition: 'down' }] })).toBe(
      'timing',
    )
  })

  test('is looked for behind the owner’s last count only, and at this node, state and lot', () => {
    const counted = fact('stock.counted', { states: { onHand: 20 }, asOf: '2026-11-23T11:00:00.000Z' })
    const twice = [received(10), received(10)]
    expect(classOf(shown(10, 20), { facts: [counted, ...twice] })).toBe('unknown')
    expect(
      classOf(shown(10, 20), { facts: twice.map((it) => ({ ...it, standing: 'observer' as const })) }),
    ).toBe('unknown')
    const elsewhere = [received(10, { node: 'ham1' }), received(10, { node: 'ham1' })]
    expect(classOf(shown(10, 20), { facts: elsewhere })).toBe('unknown')
    expect(classOf({ ...shown(10, 20), lot: 'L1' }, { facts: twice })).toBe('unknown')
    expect(classOf({ ...shown(10, 20), state: 'damaged' }, { facts: twice })).toBe('unknown')
  })
})
