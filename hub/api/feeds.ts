import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { CentreFeed, FeedState } from '../../shared/contract/feed-api.ts'
import { json } from '../../shared/contract/route-parts.ts'
import { Channel, Region } from '../../shared/domain/ids.ts'
import type { Centre } from '../centre.ts'
import type { CentreApp } from './centre-app.ts'

const Query = z.strictObject({
  region: Region.optional(),
  channel: Channel.optional(),
  status: FeedState.optional(),
})

const list = createRoute({
  method: 'get',
  path: '/v1/feeds',
  summary: 'The channels that are told what they may sell, in all regions, as each region last said.',
  request: { query: Query as never },
  responses: { 200: json(z.object({ feeds: z.array(CentreFeed) }), 'As of each region’s last heartbeat') },
})

export function addFeeds(app: CentreApp, centre: Centre): void {
  app.openapi(list, (c) => {
    const asked = c.req.valid('query') as z.infer<typeof Query>
    const feeds = [...centre.intake.watches.values()].flatMap(({ heartbeat }) =>
      (heartbeat?.feeds ?? []).map((feed) => ({ ...feed, region: heartbeat!.region, asOf: heartbeat!.at })),
    )
    const isAsked = (feed: CentreFeed): boolean =>
      (asked.region ?? feed.region) === feed.region &&
      (asked.channel ?? feed.channel) === feed.channel &&
      (asked.status ?? feed.status) === feed.status
    return c.json({ feeds: feeds.filter(isAsked) }, 200)
  })
}
