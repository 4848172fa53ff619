import { createRoute } from '@hono/zod-openapi'
import { body, json } from '../../shared/contract/route-parts.ts'
import { EdgeStatus, RebuildEdge } from '../../shared/contract/edge-api.ts'
import { problem } from '../../shared/node/http.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { problems } from './route.ts'

const read = createRoute({
  method: 'get',
  path: '/v1/edge',
  summary: 'How far the edge has been told of this region, what waits, and how a rebuild goes.',
  responses: { 200: json(EdgeStatus, 'As it is'), ...problems(503) },
})
const rebuild = createRoute({
  method: 'post',
  path: '/v1/edge/rebuild',
  summary:
    'Builds the shards of some skus, or all, from the ledger and sends them, whatever the edge was told before. `GET /v1/edge` shows its progress.',
  request: { body: body(RebuildEdge) },
  responses: {
    202: json(EdgeStatus, 'It has begun'),
    ...problems(400, 404, 422, 503),
  },
})
const step = (name: 'pause' | 'resume', summary: string) =>
  createRoute({
    method: 'post',
    path: `/v1/edge/${name}`,
    summary,
    responses: { 200: json(EdgeStatus, 'As it is now'), ...problems(503) },
  })
const pause = step(
  'pause',
  'Pushes nothing until it is resumed, or another process writes. To the edge the region is silent meanwhile, and `edgeFallback` applies.',
)
const resume = step('resume', 'Pushes again: the newest figures of what changed meanwhile.')

export function addEdge(app: RegionApp, hub: RegionHub): void {
  const publisher = () => hub.writing().publisher
  app.openapi(read, (c) => c.json(publisher().status(), 200))
  app.openapi(rebuild, (c) => {
    const { skus } = c.req.valid('json')
    const { books } = hub.writer.ledger
    const unknown = skus?.find((sku) => books.master.item(sku) === undefined)
    if (unknown !== undefined)
      return problem(c, 'unknown-sku', { detail: `no item ${unknown} was put in ${hub.region}` }) as never
    publisher().rebuild(skus?.map((sku) => books.skus.find(sku)))
    return c.json(publisher().status(), 202)
  })
  app.openapi(pause, (c) => {
    publisher().pause()
    return c.json(publisher().status(), 200)
  })
  app.openapi(resume, (c) => {
    publisher().resume()
    return c.json(publisher().status(), 200)
  })
}
