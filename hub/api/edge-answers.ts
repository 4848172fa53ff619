import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { AvailabilityAnswer } from '../../shared/contract/availability-api.ts'
import { CORRELATION_HEADER } from '../../shared/contract/correlation.ts'
import { json, PROBLEM } from '../../shared/contract/route-parts.ts'
import { Channel, NodeId, Region, Segment, Sku } from '../../shared/domain/ids.ts'
import { problem } from '../../shared/node/http.ts'
import { may } from '../access/role.ts'
import type { Centre } from '../centre.ts'
import { askEdge, type EdgeApi } from '../reconcile/edge-api.ts'
import type { CentreApp } from './centre-app.ts'

const WITHIN_MS = 5_000

const edgeAnswer = createRoute({
  method: 'get',
  path: '/v1/regions/{region}/edge',
  summary: 'What the edge answers a channel of a sku at this moment.',
  request: {
    params: z.object({ region: Region }),
    query: z.strictObject({
      channel: Channel,
      sku: Sku,
      segment: Segment.optional(),
      node: NodeId.optional(),
    }) as never,
  },
  responses: {
    200: json(AvailabilityAnswer, 'As the channel is answered'),
    404: PROBLEM,
    503: PROBLEM,
  },
})

/** For people who look after a region and hold no channel's key. */
export function addEdgeAnswers(app: CentreApp, centre: Centre, edge: EdgeApi): void {
  app.openapi(edgeAnswer, async (c) => {
    const { region } = c.req.valid('param')
    if (!centre.regions.includes(region) || !may(c.get('person'), 'viewer', region))
      return problem(c, 'unknown-region') as never
    const { channel, sku, ...narrower } = c.req.valid('query') as Record<string, string>
    const path = `/v1/channels/${encodeURIComponent(channel!)}/availability/${encodeURIComponent(sku!)}`
    try {
      const response = await askEdge(edge, `${path}?${new URLSearchParams({ region, ...narrower })}`, {
        withinMs: WITHIN_MS,
        headers: { [CORRELATION_HEADER]: c.get('correlationId') },
      })
      return c.json((await response.json()) as AvailabilityAnswer, response.status as 200)
    } catch (error) {
      return problem(c, 'not-ready', { detail: `the edge could not be asked: ${String(error)}` }) as never
    }
  })
}
