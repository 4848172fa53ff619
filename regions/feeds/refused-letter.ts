import type { ChannelFigure } from '../../shared/contract/feed-api.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import type { DeadLetter } from '../inbox/exception-book.ts'
import type { RefusedFigure } from './destination.ts'

const PREFIX = 'feed-'

/** One letter a channel and sku, however often it is refused. */
export const refusedId = ({ channel, sku }: { channel: string; sku: string }): string =>
  `${PREFIX}${channel}:${sku}`

/** Null of another letter's id. */
export function skuOfRefused(id: string): { readonly channel: string; readonly sku: string } | null {
  const colon = id.indexOf(':', PREFIX.length)
  if (!id.startsWith(PREFIX) || colon < 0) return null
  return { channel: id.slice(PREFIX.length, colon), sku: id.slice(colon + 1) }
}

/** The figure that a channel would not have, as the stream carried it. Replaying it tells the figure as it is then. */
export const refusedLetter = (
  source: string,
  { code, detail }: RefusedFigure,
  figure: ChannelFigure,
  now: Instant,
): DeadLetter => ({
  stage: 'feed',
  message: {
    source,
    body: new TextEncoder().encode(JSON.stringify(figure)),
    contentType: 'application/json',
    headers: {},
    receivedAt: now,
  },
  refusals: [
    {
      class: 'out-of-policy',
      code,
      detail: `${figure.channel} refused ${figure.availableToSell} of ${figure.sku}: ${detail}`.slice(
        0,
        1024,
      ),
    },
  ],
  correlationId: `feed-${figure.channel}-${figure.epoch}-${figure.version}`,
})
