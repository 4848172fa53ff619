import { createRoute } from '@hono/zod-openapi'
import { body, json } from '../../shared/contract/route-parts.ts'
import { EdgeRepaired, RepairEdge } from '../../shared/contract/edge-repair-api.ts'
import type { RegionHub } from '../region-hub.ts'
import { repairShard } from '../snapshots/repair-shard.ts'
import type { RegionApp } from './region-app.ts'
import { problems } from './route.ts'

const repair = createRoute({
  method: 'post',
  path: '/v1/edge:repair',
  summary:
    'Holds what the edge has of a shard against the ledger, and sends the shard once more. For the centre, where digests differ.',
  request: { body: body(RepairEdge) },
  responses: { 200: json(EdgeRepaired, 'It is on its way'), ...problems(400, 422, 503) },
})

export function addEdgeRepair(app: RegionApp, hub: RegionHub): void {
  app.openapi(repair, (c) => {
    const { publisher } = hub.writing()
    return c.json(repairShard(publisher, hub.writer.ledger.books.master, c.req.valid('json')), 200)
  })
}
