import { expect, test } from 'vitest'
import { CanonicalEvent } from '../../shared/contract/events.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { newEffects } from '../ledger/core/effects.ts'
import { Ledger } from '../ledger/core/ledger.ts'
import { StockWatch } from './stock-watch.ts'

const NOW = Date.parse('2026-11-23T10:00:00.000Z')

function world() {
  const ledger = new Ledger()
  const watch = new StockWatch(ledger)
  let ids = 0
  const hear = (type: string, subject: string, data: object): void => {
    const effects = newEffects()
    const time = formatInstant(NOW - 60_000 + ids)
    const event = {
      specversion: '1.0',
      id: `e${++ids}`,
      source: 'wms',
      type: `plimsoll.${type}`,
      time,
      subject,
      data,
    }
    ledger.apply(CanonicalEvent.parse(event), effects, NOW)
    watch.mark(effects.skus)
    watch.look(NOW)
  }
  hear('item.upserted', 'X', { name: 'x', baseUom: 'EA' })
  hear('node.upserted', 'ber1', { sells: true })
  const order = (quantity: number, node?: string): void =>
    hear('order.accepted', 'X', {
      orderRef: `web:${ids}`,
      channel: 'web',
      lines: [{ line: '1', sku: 'X', quantity, ...(node ? { node } : {}) }],
    })
  return { watch, hear, order }
}

test('what is promised of a node beyond what lies there is told with its node, until it is there', () => {
  const { watch, hear, order } = world()
  hear('stock.received', 'X', { node: 'ber1', quantity: 5 })
  order(5, 'ber1')
  expect(watch.report()).toMatchObject({ short: [], shortCount: 0 })
  hear('stock.adjusted', 'X', { node: 'ber1', quantity: -2 })
  expect(watch.report()).toMatchObject({ short: [{ sku: 'X', node: 'ber1', units: 2 }], shortCount: 1 })
  hear('stock.received', 'X', { node: 'ber1', quantity: 2 })
  expect(watch.report()).toMatchObject({ short: [], shortCount: 0 })
})

test('what is promised of no node in particular is short when all nodes together have too little', () => {
  const { watch, hear, order } = world()
  hear('stock.received', 'X', { node: 'ber1', quantity: 5 })
  order(7)
  expect(watch.report().short).toEqual([{ sku: 'X', node: null, units: 2 }])
})

test('what sells out within the hour at its velocity is thin, and what is gone is not', () => {
  const { watch, hear } = world()
  hear('stock.received', 'X', { node: 'ber1', quantity: 70_010 })
  hear('stock.shipped', 'X', { node: 'ber1', quantity: 70_000 })
  expect(watch.report().thin).toMatchObject([{ sku: 'X', availableToSell: 10, coverMs: 86_400 }])
  hear('stock.adjusted', 'X', { node: 'ber1', quantity: -10 })
  expect(watch.report().thin).toEqual([])
})
