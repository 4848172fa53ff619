import { expect, test } from 'vitest'
import { figureOf, type FigureAsk } from './figure.ts'
import type { SnapshotRow } from './row.ts'

const row: SnapshotRow = {
  sku: 'x',
  tier: 'A',
  inputs: { gross: 100, pool: 90, demandTotal: 10, demandByClass: new Map([['shop', 10]]) },
  nodes: [
    { node: 'ber1', availableToSell: 7 },
    { node: 'ham1', availableToSell: 83 },
  ],
}
const rules = { allocation: { '*': [{ class: 'shop', cap: 40 }] } }

test.each<[string, FigureAsk, number]>([
  ['a ruled channel sells up to its cap', { channel: 'shop' }, 30],
  ['a segment without a rule sells as its channel', { channel: 'shop', segment: 'gold' }, 30],
  ['a channel without a rule sells what is shared', { channel: 'other' }, 90],
  ['no channel sees the pool', {}, 90],
  ['one node limits the figure', { channel: 'shop', node: 'ber1' }, 7],
  ['the class limits one node', { channel: 'shop', node: 'ham1' }, 30],
  ['a node that the row does not list sells nothing', { channel: 'shop', node: 'muc1' }, 0],
])('%s', (_, ask, expected) => expect(figureOf(row, rules, ask)).toBe(expected))
