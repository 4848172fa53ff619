import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { AvailabilityAnswer, RegionQuery, UnknownSkuEntry } from '../../shared/contract/availability-api.ts'
import { Channel, NodeId, Segment, Sku } from '../../shared/domain/ids.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { problem } from '../../shared/node/http.ts'
import { figureOf } from '../../shared/snapshot/figure.ts'
import { figuresOf, rulesOf, snapshotRowOf } from '../ledger/core/figures.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { body, json, problems } from './route.ts'

const Ask = z.strictObject({
  channel: Channel.optional(),
  segment: Segment.optional(),
  node: NodeId.optional(),
})
type Ask = z.infer<typeof Ask>

const readOne = createRoute({
  method: 'get',
  path: '/v1/availability/{sku}',
  summary: 'What may be sold of a sku, for a channel and segment, from anywhere or from one node.',
  request: { params: z.object({ sku: Sku }), query: Ask },
  responses: { 200: json(AvailabilityAnswer, 'The figure, and how true it is'), ...problems(400, 404) },
})

const query = createRoute({
  method: 'post',
  path: '/v1/availability/query',
  summary: 'The same for up to 1000 skus, answered in the order asked.',
  request: { body: body(RegionQuery) },
  responses: {
    200: json(
      z.object({ results: z.array(z.union([AvailabilityAnswer, UnknownSkuEntry])) }),
      'A result for each sku',
    ),
    ...problems(400, 404, 422),
  },
})

export function addAvailability(app: RegionApp, hub: RegionHub): void {
  app.openapi(readOne, (c) => {
    const { sku } = c.req.valid('param')
    const ask = c.req.valid('query')
    if (ask.node !== undefined && !hub.writer.ledger.books.master.node(ask.node))
      return problem(c, 'unknown-node', { detail: `no node ${ask.node} here` }) as never
    const answer = answerOf(hub, sku, ask)
    return (
      answer
        ? c.json(answer, 200)
        : problem(c, 'unknown-sku', { detail: `no item ${sku} was put in ${hub.region}` })
    ) as never
  })
  app.openapi(query, (c) => {
    const { skus, ...ask } = c.req.valid('json')
    if (ask.node !== undefined && !hub.writer.ledger.books.master.node(ask.node))
      return problem(c, 'unknown-node', { detail: `no node ${ask.node} here` }) as never
    return c.json(
      { results: skus.map((sku) => answerOf(hub, sku, ask) ?? { sku, error: 'unknown-sku' as const }) },
      200,
    )
  })
}

/** The region's own answer: from the ledger itself, so it is of this moment. Null for a sku that is no item here. */
function answerOf(hub: RegionHub, sku: string, ask: Ask): AvailabilityAnswer | null {
  const { ledger } = hub.writer
  if (!ledger.books.master.item(sku)) return null
  const figures = figuresOf(ledger.books, ledger.books.skus.find(sku))
  return {
    sku: figures.sku as AvailabilityAnswer['sku'],
    region: hub.region,
    ...ask,
    availableToSell: figureOf(snapshotRowOf(figures), rulesOf(ledger.books), ask),
    tier: figures.tier,
    version: ledger.sequence,
    asOf: formatInstant(hub.clock.now()),
    age: 0,
    freshness: 'fresh',
    reasons: figures.nodes.filter((n) => n.availableToSell < 0).map((n) => `negative-at:${n.node}`),
  }
}
