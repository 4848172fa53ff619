import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import {
  RegionAvailabilityAnswer,
  RegionQuery,
  UnknownSkuEntry,
} from '../../shared/contract/availability-api.ts'
import { Sku } from '../../shared/domain/ids.ts'
import { earliestDay } from '../../shared/domain/promise.ts'
import { QUANTITY_MAX } from '../../shared/domain/quantity.ts'
import { problem } from '../../shared/node/http.ts'
import type { RegionHub } from '../region-hub.ts'
import { answerOf } from './availability-answer.ts'
import { Ask, viewOf } from './availability-view.ts'
import type { RegionApp } from './region-app.ts'
import { body, Flag, json, problems } from './route.ts'

const SEGMENT_ALONE = { path: ['segment'], message: 'a segment is one of a channel: name the channel too' }
const namesItsChannel = ({ channel, segment }: { channel?: unknown; segment?: unknown }): boolean =>
  segment === undefined || channel !== undefined

const OneAsk = Ask.extend({ explain: Flag, substitutes: Flag }).refine(namesItsChannel, SEGMENT_ALONE)

const readOne = createRoute({
  method: 'get',
  path: '/v1/availability/{sku}',
  summary: 'What may be sold of a sku, for a channel and segment, from anywhere or from one node.',
  request: { params: z.object({ sku: Sku }), query: OneAsk },
  responses: { 200: json(RegionAvailabilityAnswer, 'The figure, and how true it is'), ...problems(400, 404) },
})

const query = createRoute({
  method: 'post',
  path: '/v1/availability/query',
  summary: 'The same for up to 1000 skus, answered in the order asked.',
  request: { body: body(RegionQuery.refine(namesItsChannel, SEGMENT_ALONE)) },
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
    query: Ask.extend({ quantity: z.coerce.number().int().min(1).max(QUANTITY_MAX) })
      .omit({ node: true })
      .refine(namesItsChannel, SEGMENT_ALONE),
  },
  responses: { 200: json(z.object({ date: z.iso.date().nullable() }), 'The day'), ...problems(400, 404) },
})

export function addAvailability(app: RegionApp, hub: RegionHub): void {
  app.openapi(readOne, (c) => {
    const { sku } = c.req.valid('param')
    const { explain, substitutes, ...ask } = c.req.valid('query')
    if (ask.node !== undefined && !hub.writer.ledger.books.master.node(ask.node))
      return problem(c, 'unknown-node', { detail: `no node ${ask.node} here` }) as never
    const answer = answerOf(viewOf(hub), sku, ask, { explain, substitutes })
    return (
      answer
        ? c.json(answer, 200)
        : problem(c, 'unknown-sku', { detail: `no item ${sku} was put in ${hub.region}` })
    ) as never
  })
  app.openapi(promise, (c) => {
    const { quantity, ...ask } = c.req.valid('query')
    const answer = answerOf(viewOf(hub), c.req.valid('param').sku, ask)
    if (!answer)
      return problem(c, 'unknown-sku', { detail: `no such item was put in ${hub.region}` }) as never
    return c.json({ date: earliestDay(answer.availableToPromise, quantity) }, 200)
  })
  app.openapi(query, (c) => {
    const { skus, substitutes = false, ...ask } = c.req.valid('json')
    if (ask.node !== undefined && !hub.writer.ledger.books.master.node(ask.node))
      return problem(c, 'unknown-node', { detail: `no node ${ask.node} here` }) as never
    const view = viewOf(hub)
    return c.json(
      {
        results: skus.map(
          (sku) => answerOf(view, sku, ask, { substitutes }) ?? { sku, error: 'unknown-sku' as const },
        ),
      },
      200,
    )
  })
}
