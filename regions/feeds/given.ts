import { ChannelFigure } from '../../shared/contract/feed-api.ts'
import type { Outgoing } from './destination.ts'

/** For tests of destinations: a figure on its way. */
export const outgoing = (
  sku: string,
  availableToSell: number,
  more: Partial<Omit<Outgoing, 'figure'>> & { figure?: Partial<ChannelFigure> } = {},
): Outgoing => ({
  sequence: 41,
  codes: [sku],
  places: new Map(),
  ...more,
  figure: ChannelFigure.parse({
    region: 'eu',
    channel: 'shop',
    sku,
    availableToSell,
    epoch: 3,
    version: 41,
    asOf: '2026-11-29T10:00:00.000Z',
    since: '2026-11-29T09:59:58.000Z',
    freshness: 'fresh',
    reasons: [],
    ...more.figure,
  }),
})
