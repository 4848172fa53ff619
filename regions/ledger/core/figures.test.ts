import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../shared/contract/events.ts'
import { figureOf } from '../../../shared/snapshot/figure.ts'
import { figuresOf, type SkuFigures } from './figures.ts'
import { fact, fold, HEARD_AT } from './given.ts'
import { rulesOf, snapshotRowOf } from './snapshot-row.ts'

const at = (node: string, quantity: number): Fact =>
  fact({ type: 'stock.received', sku: 'X', data: { node, quantity } })
const order = (quantity: number, more: { node?: string; channel?: string; segment?: string } = {}): Fact => {
  const { node, channel = 'web', segment } = more
  const line = { line: '1', sku: 'X', quantity, ...(node ? { node } : {}) }
  return fact({
    type: 'order.accepted',
    data: { orderRef: `${channel}:1`, channel, ...(segment ? { segment } : {}), lines: [line] },
  })
}
const picked = (node: string, quantity: number): Fact =>
  fact({ type: 'stock.picked', sku: 'X', data: { node, quantity, orderRef: 'web:1', line: '1' } })
const policy = (kind: string, scope: string, body: Record<string, unknown>): Fact =>
  fact({
    type: 'policy.activated',
    source: 'plimsoll-hub',
    data: { kind, scope, body: { ...body, author: 'a', reason: 'r' } },
  })
const ground: Fact[] = [
  fact({ type: 'item.upserted', source: 'plimsoll-hub', sku: 'X', data: { baseUom: 'EA', decimals: 0 } }),
  ...(['ber1', 'muc1', 'closed1'].map((node) => ({
    ...fact({ type: 'node.upserted', source: 'plimsoll-hub', data: { sells: node !== 'closed1' } }),
    subject: node,
  })) as Fact[]),
]

function figures(
  ...facts: Fact[]
): SkuFigures & { ats: (channel: string, more?: { segment?: string; node?: string }) => number } {
  const all = [...ground, ...facts].map((it) =>
    it.type === 'plimsoll.policy.activated' ? { ...it, subject: `${it.data.kind}/${it.data.scope}` } : it,
  )
  const { books } = fold(all).ledger
  const found = figuresOf(books, books.skus.find('X'), HEARD_AT)
  return {
    ...found,
    ats: (channel, more = {}) =>
      figureOf(snapshotRowOf(found), rulesOf(books, 1, HEARD_AT), { channel, ...more }),
  }
}

describe('what may be sold', () => {
  test('is what can be sold less what is promised, over all nodes', () => {
    const it = figures(at('ber1', 10), at('muc1', 5), order(4, { node: 'ber1' }))
    expect(it.inputs).toMatchObject({ gross: 15, pool: 11, demandTotal: 4 })
    expect(it.ats('amazon')).toBe(11)
    expect(it.ats('amazon', { node: 'ber1' })).toBe(6)
  })
  test('takes off demand that no node has yet', () => {
    const it = figures(at('ber1', 10), order(4))
    expect(it).toMatchObject({ unassigned: 4, reserved: 4 })
    expect(it.ats('amazon')).toBe(6)
  })
  test('leaves out damaged and quarantined units, and nodes that do not sell', () => {
    const damaged = fact({
      type: 'stock.moved',
      sku: 'X',
      data: { node: 'ber1', quantity: 3, from: 'sellable', to: 'damaged' },
    })
    expect(figures(at('ber1', 10), at('closed1', 99), damaged).ats('web')).toBe(7)
  })
  test('goes negative at a node where stock shrank under a promise, and is published as 0', () => {
    const it = figures(at('ber1', 2), at('muc1', 5), order(4, { node: 'ber1' }))
    expect(it.nodes.find(({ node }) => node === 'ber1')?.availableToSell).toBe(-2)
    expect(it.ats('web')).toBe(3)
    expect(it.ats('web', { node: 'ber1' })).toBe(0)
  })
})

test('a pick whose order has not been heard of is taken off, and is in nobody’s share', () => {
  const it = figures(at('ber1', 10), picked('ber1', 4))
  expect(it.inputs).toMatchObject({ pool: 6, demandTotal: 4, demandByClass: new Map() })
})

describe('a depletion policy', () => {
  test('by pick takes off only what has been picked', () => {
    const it = figures(
      at('ber1', 10),
      order(4, { node: 'ber1' }),
      picked('ber1', 1),
      policy('depletion', '*', { mode: 'pick' }),
    )
    expect(it.ats('web')).toBe(9)
  })
  test('by shipment takes off nothing before the goods leave', () => {
    const it = figures(
      at('ber1', 10),
      order(4, { node: 'ber1' }),
      policy('depletion', '*', { mode: 'shipment' }),
    )
    expect(it.ats('web')).toBe(10)
  })
  test('of a channel goes before that of all', () => {
    const it = figures(
      at('ber1', 10),
      order(4, { node: 'ber1' }),
      policy('depletion', '*', { mode: 'shipment' }),
      policy('depletion', 'channel:web', { mode: 'reservation' }),
    )
    expect(it.ats('amazon')).toBe(6)
  })
})

test('safety stock of a node goes before that of a tier, and stays out of gross and net', () => {
  const it = figures(
    at('ber1', 10),
    at('muc1', 10),
    policy('safetyStock', 'tier:B', { percent: 10 }),
    policy('safetyStock', 'node:ber1', { quantity: 4 }),
  )
  expect(it.inputs).toMatchObject({ gross: 6 + 9, pool: 6 + 9 })
})

test('a ring-fence holds units for its class, until the class has used them', () => {
  const fence = policy('allocation', '*', { rules: [{ class: 'b2b/gold', ringFence: { quantity: 6 } }] })
  const it = figures(at('ber1', 10), fence)
  expect([it.ats('b2b', { segment: 'gold' }), it.ats('b2b'), it.ats('web')]).toEqual([10, 4, 4])
  const used = figures(at('ber1', 10), fence, order(6, { channel: 'b2b', segment: 'gold' }))
  expect([used.ats('b2b', { segment: 'gold' }), used.ats('web')]).toEqual([4, 4])
})
