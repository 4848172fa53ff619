import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import * as z from 'zod'
import { FeedsAnswer, FeedStatus, ResendFeed } from '../../shared/contract/feed-api.ts'
import { body, json } from '../../shared/contract/route-parts.ts'
import { Channel } from '../../shared/domain/ids.ts'
import { problem } from '../../shared/node/http.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { problems } from './route.ts'

const Params = z.object({ channel: Channel })

const list = createRoute({
  method: 'get',
  path: '/v1/feeds',
  summary: 'The channels that are told what they may sell: whether they take it, what waits, and why.',
  responses: { 200: json(FeedsAnswer, 'By channel'), ...problems(503) },
})
const step = (name: 'pause' | 'resume', summary: string) =>
  createRoute({
    method: 'post',
    path: `/v1/feeds/{channel}/${name}`,
    summary,
    request: { params: Params },
    responses: { 200: json(FeedStatus, 'As it is now'), ...problems(400, 404, 503) },
  })
const pause = step(
  'pause',
  'Sends the channel nothing until it is resumed, whatever process writes then. What changes meanwhile waits, each sku once.',
)
const resume = step('resume', 'Sends again: the newest figure of what changed meanwhile.')
const resend = createRoute({
  method: 'post',
  path: '/v1/feeds/{channel}/resend',
  summary: 'Tells the channel of some skus, or of all that it lists, whatever it was told before.',
  request: { params: Params, body: body(ResendFeed) },
  responses: { 202: json(FeedStatus, 'It has begun'), ...problems(400, 404, 422, 503) },
})

export function addFeeds(app: RegionApp, hub: RegionHub): void {
  const feeds = () => hub.writing().feeds
  const answered = (c: Context, status: FeedStatus | null, code: 200 | 202 = 200): never => {
    const channel = c.req.param('channel')
    const detail = `${hub.region} feeds no channel ${channel}`
    return (status === null ? problem(c, 'not-found', { detail }) : c.json(status, code)) as never
  }
  app.openapi(list, (c) => c.json({ feeds: feeds().statuses() }, 200))
  app.openapi(pause, async (c) => answered(c, await feeds().pause(c.req.valid('param').channel)))
  app.openapi(resume, async (c) => answered(c, await feeds().resume(c.req.valid('param').channel)))
  app.openapi(resend, (c) => {
    const { skus } = c.req.valid('json')
    const { master } = hub.writer.ledger.books
    const unknown = skus?.find((sku) => master.item(sku) === undefined)
    if (unknown !== undefined)
      return problem(c, 'unknown-sku', { detail: `no item ${unknown} was put in ${hub.region}` }) as never
    return answered(c, feeds().resend(c.req.valid('param').channel, skus), 202)
  })
}
