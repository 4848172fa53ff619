import { describe, expect, test } from 'vitest'
import type { RowFigures } from '../../shared/snapshot/row.ts'
import { type ChannelNow, channelNow, movedFrom } from './channel-now.ts'

const row = (pool: number, nodes: Record<string, number>, more: Partial<RowFigures> = {}): RowFigures => ({
  sku: 'X',
  tier: 'B',
  inputs: { gross: pool, pool, demandByClass: new Map(), demandTotal: 0 },
  nodes: Object.entries(nodes).map(([node, availableToSell]) => ({ node, availableToSell })),
  ...more,
})
const none = { allocation: {} }
const capped = (cap: number) => ({ allocation: { '*': [{ class: 'shop', cap }] } })

describe('what a channel is told', () => {
  test('is its own share, as the edge answers it', () => {
    expect(channelNow(row(10, { ber1: 10 }), none, 'shop', false)).toEqual({ availableToSell: 10 })
    expect(channelNow(row(10, { ber1: 10 }), capped(4), 'shop', false)).toEqual({ availableToSell: 4 })
    expect(channelNow(row(10, { ber1: 10 }), capped(4), 'other', false)).toEqual({ availableToSell: 10 })
  })

  test('is laid out over nodes so that no node offers more than it has, and all together no more than the share', () => {
    const nodesOf = (figures: RowFigures, rules: Parameters<typeof channelNow>[1]) =>
      channelNow(figures, rules, 'shop', true).nodes!.map(({ availableToSell }) => availableToSell)
    expect(nodesOf(row(12, { ber1: 5, muc1: 7 }), none)).toEqual([5, 7])
    expect(nodesOf(row(12, { ber1: 5, muc1: 7 }), capped(8))).toEqual([5, 3])
    expect(nodesOf(row(12, { ber1: 5, muc1: 7 }), capped(3))).toEqual([3, 0])
    // Three of the twelve are promised, and to no node.
    expect(nodesOf(row(9, { ber1: 5, muc1: 7 }), none)).toEqual([5, 4])
  })

  test('of a kit lists the nodes where its parts lie', () => {
    const part = row(6, { ber1: 4, muc1: 2 }, { sku: 'P' })
    const kit = row(0, {}, { kit: [{ quantity: 2, row: part }] })
    expect(channelNow(kit, none, 'shop', true)).toEqual({
      availableToSell: 3,
      nodes: [
        { node: 'ber1', availableToSell: 2 },
        { node: 'muc1', availableToSell: 1 },
      ],
    })
  })
})

describe('a figure is told', () => {
  const band = { band: 5, lowStock: 20 }
  const of = (availableToSell: number, nodes?: ChannelNow['nodes']): ChannelNow => ({
    availableToSell,
    nodes,
  })

  test.each<[string, ChannelNow | null, ChannelNow, string]>([
    ['that was never told', null, of(0), 'moved'],
    ['as it was', of(40), of(40), 'none'],
    ['that moved within its band', of(40), of(44), 'small'],
    ['that moved beyond its band', of(40), of(46), 'moved'],
    ['that is low now', of(22), of(20), 'moved'],
    ['that was low', of(20), of(22), 'moved'],
    ['that came to nothing', of(3), of(0), 'moved'],
  ])('%s', (_, told, now, how) => expect(movedFrom(told, now, band)).toBe(how))

  test('when a node’s part moved beyond the band, though the whole is the same', () => {
    const [before, after] = [
      of(60, [
        { node: 'ber1', availableToSell: 30 },
        { node: 'muc1', availableToSell: 30 },
      ]),
      of(60, [{ node: 'ber1', availableToSell: 60 }]),
    ]
    expect(movedFrom(before, after, band)).toBe('moved')
    expect(movedFrom(before, before, band)).toBe('none')
  })
})
