import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { json } from '../../shared/contract/route-parts.ts'
import { AsOf } from '../../shared/contract/as-of.ts'
import { PositionsAnswer } from '../../shared/contract/positions-api.ts'
import { Sku } from '../../shared/domain/ids.ts'
import { problem } from '../../shared/node/http.ts'
import type { RegionHub } from '../region-hub.ts'
import { asOfRefused } from './as-of-refused.ts'
import { positionsOf } from './positions-answer.ts'
import type { RegionApp } from './region-app.ts'
import { Flag, problems } from './route.ts'

const readPositions = createRoute({
  method: 'get',
  path: '/v1/positions/{sku}',
  summary:
    'Every state of a sku, node by node. Negative figures are shown as they are: stock shrank under a promise.',
  request: {
    params: z.object({ sku: Sku }),
    query: z.strictObject({ observations: Flag, asOf: AsOf.optional() }),
  },
  responses: { 200: json(PositionsAnswer, 'The positions'), ...problems(400, 404, 410, 503) },
})

export function addPositions(app: RegionApp, hub: RegionHub): void {
  app.openapi(readPositions, async (c) => {
    const { sku } = c.req.valid('param')
    const { observations, asOf } = c.req.valid('query')
    const { books } = hub.writer.ledger
    if (asOf !== undefined) {
      const question = { kind: 'positions', sku, withObservations: observations } as const
      const answer = await hub.asOf.ask({ moment: asOf, question })
      if (answer.code !== 'done') return asOfRefused(c, answer) as never
      const [found] = answer.results as [PositionsAnswer | null]
      if (found) return c.json(found, 200)
      return problem(c, 'unknown-sku', { detail: `${sku} was no item of ${hub.region} then` }) as never
    }
    if (!books.master.item(sku))
      return problem(c, 'unknown-sku', { detail: `no item ${sku} was put in ${hub.region}` }) as never
    return c.json(positionsOf(books, sku, hub.clock.now(), observations), 200)
  })
}
