import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { json } from '../../shared/contract/route-parts.ts'
import { RegionTrend } from '../../shared/contract/trend-api.ts'
import type { Centre } from '../centre.ts'
import type { CentreApp } from './centre-app.ts'

const Hours = z.enum(['1', '24', '168']).default('24')

const trends = createRoute({
  method: 'get',
  path: '/v1/trends',
  summary: 'How each region was over the last hour, day or week: lag, queues, compaction, open variances.',
  request: { query: z.strictObject({ hours: Hours }) },
  responses: { 200: json(z.object({ trends: z.array(RegionTrend) }), 'By region, oldest first') },
})

export function addTrends(app: CentreApp, centre: Centre): void {
  app.openapi(trends, async (c) => {
    const hours = Number(c.req.valid('query').hours) as 1 | 24 | 168
    return c.json({ trends: await centre.trends.read(hours) }, 200)
  })
}
