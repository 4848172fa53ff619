import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import {
  RegionAvailabilityAnswer,
  RegionQuery,
  UnknownSkuEntry,
} from '../../shared/contract/availability-api.ts'
import { Channel, NodeId, Segment, Sku } from '../../shared/domain/ids.ts'
import { earliestDay } from '../../shared/domain/promise.ts'
import { QUANTITY_MAX } from '../../shared/domain/quantity.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { problem } from '../../shared/node/http.ts'
import { figureOf } from '../../shared/snapshot/figure.ts'
import { figuresOf, promiseOf, rulesOf, snapshotRowOf } from '../ledger/core/figures.ts'
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
  responses: { 200: json(RegionAvailabilityAnswer, 'The figure, and how true it is'), ...problems(400, 404) },
})

const query = createRoute({
  method: 'post',
  path: '/v1/availability/query',
  summary: 'The same for up to 1000 skus, answered in the order asked.',
  request: { body: body(RegionQuery) },
  responses: {
    200: json(
      z.object({ results: z.array(z.union([RegionAvailabilityAnswer, UnknownSkuEntry])) }),
      'A result for each sku',
    ),
    ...problems(400, 404, 422),
  },
})

const promise = createRoute({
  method: 'get',
  path: '/v1/availability/{sku}/promise',
  summary: 'The earliest day on which a quantity can be promised; null when no day within the horizon can.',
  request: {
    params: z.object({ sku: Sku }),
    query: z.strictObject({ quantity: z.coerce.number().int().min(1).max(QUANTITY_MAX) }),
  },
  responses: { 200: json(z.object({ date: z.iso.date().nullable() }), 'The day'), ...problems(400, 404) },
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
  app.openapi(promise, (c) => {
    const answer = answerOf(hub, c.req.valid('param').sku, {})
    if (!answer)
      return problem(c, 'unknown-sku', { detail: `no such item was put in ${hub.region}` }) as never
    return c.json({ date: earliestDay(answer.availableToPromise, c.req.valid('query').quantity) }, 200)
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
function answerOf(hub: RegionHub, sku: string, ask: Ask): RegionAvailabilityAnswer | null {
  const { ledger } = hub.writer
  if (!ledger.books.master.item(sku)) return null
  const index = ledger.books.skus.find(sku)
  const figures = figuresOf(ledger.books, index)
  const now = hub.clock.now()
  return {
    sku: figures.sku as RegionAvailabilityAnswer['sku'],
    region: hub.region,
    ...ask,
    availableToSell: figureOf(snapshotRowOf(figures), rulesOf(ledger.books), ask),
    availableToPromise: promiseOf(ledger.books, index, figures.inputs, now),
    tier: figures.tier,
    version: ledger.sequence,
    asOf: formatInstant(now),
    age: 0,
    freshness: 'fresh',
    reasons: figures.nodes.filter((n) => n.availableToSell < 0).map((n) => `negative-at:${n.node}`),
  }
}
