import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { body, json } from '../../shared/contract/route-parts.ts'
import { AsOf, type Moment } from '../../shared/contract/as-of.ts'
import {
  RegionAvailabilityAnswer,
  RegionQuery,
  UnknownSkuEntry,
} from '../../shared/contract/availability-api.ts'
import { Sku } from '../../shared/domain/ids.ts'
import { earliestDay } from '../../shared/domain/promise.ts'
import { QUANTITY_MAX } from '../../shared/domain/quantity.ts'
import { problem } from '../../shared/node/http.ts'
import type { AsOfAnswer } from '../as-of/answer-at.ts'
import type { RegionHub } from '../region-hub.ts'
import { answerOf } from './availability-answer.ts'
import { asOfRefused } from './as-of-refused.ts'
import { Ask, type Wish } from './availability-view.ts'
import type { RegionApp } from './region-app.ts'
import { Flag, problems } from './route.ts'
import { viewOfNow } from './view-of-now.ts'

const SEGMENT_ALONE = { path: ['segment'], message: 'a segment is one of a channel: name the channel too' }
const namesItsChannel = ({ channel, segment }: { channel?: unknown; segment?: unknown }): boolean =>
  segment === undefined || channel !== undefined

const OneAsk = Ask.extend({ explain: Flag, substitutes: Flag, asOf: AsOf.optional() }).refine(
  namesItsChannel,
  SEGMENT_ALONE,
)

const readOne = createRoute({
  method: 'get',
  path: '/v1/availability/{sku}',
  summary: 'What may be sold of a sku, for a channel and segment, from anywhere or from one node.',
  request: { params: z.object({ sku: Sku }), query: OneAsk },
  responses: {
    200: json(RegionAvailabilityAnswer, 'The figure, and how true it is'),
    ...problems(400, 404, 410, 503),
  },
})

const query = createRoute({
  method: 'post',
  path: '/v1/availability/query',
  summary: 'The same for up to 1000 skus, answered in the order asked.',
  request: {
    body: body(RegionQuery.extend({ asOf: AsOf.optional() }).refine(namesItsChannel, SEGMENT_ALONE)),
  },
  responses: {
    200: json(
      z.object({ results: z.array(z.union([RegionAvailabilityAnswer, UnknownSkuEntry])) }),
      'A result for each sku',
    ),
    ...problems(400, 404, 410, 422, 503),
  },
})

const promise = createRoute({
  method: 'get',
  path: '/v1/availability/{sku}/promise',
  summary: 'The earliest day on which a quantity can be promised; null when no day within the horizon can.',
  request: {
    params: z.object({ sku: Sku }),
    query: Ask.extend({
      quantity: z.coerce.number().int().min(1).max(QUANTITY_MAX),
      asOf: AsOf.optional(),
    })
      .omit({ node: true })
      .refine(namesItsChannel, SEGMENT_ALONE),
  },
  responses: {
    200: json(z.object({ date: z.iso.date().nullable() }), 'The day'),
    ...problems(400, 404, 410, 503),
  },
})

export function addAvailability(app: RegionApp, hub: RegionHub): void {
  /** Of now, or of an earlier moment; the skus in their order, null for one that is, or was, no item here. */
  const answers = async (
    skus: readonly string[],
    ask: z.infer<typeof Ask>,
    wish: Wish,
    moment: Moment | undefined,
  ): Promise<AsOfAnswer> => {
    if (moment !== undefined)
      return hub.asOf.ask({ moment, question: { kind: 'availability', skus, ask, wish } })
    if (ask.node !== undefined && !hub.writer.ledger.books.master.node(ask.node))
      return { code: 'unknown-node' }
    const view = viewOfNow(hub)
    return { code: 'done', results: skus.map((sku) => answerOf(view, sku, ask, wish)) }
  }
  const unknownSku = (sku: string): { detail: string } => ({
    detail: `no item ${sku} was put in ${hub.region}`,
  })

  app.openapi(readOne, async (c) => {
    const { sku } = c.req.valid('param')
    const { explain, substitutes, asOf, ...ask } = c.req.valid('query')
    const answer = await answers([sku], ask, { explain, substitutes }, asOf)
    if (answer.code !== 'done') return asOfRefused(c, answer) as never
    const [found] = answer.results as [RegionAvailabilityAnswer | null]
    return (found ? c.json(found, 200) : problem(c, 'unknown-sku', unknownSku(sku))) as never
  })
  app.openapi(promise, async (c) => {
    const { sku } = c.req.valid('param')
    const { quantity, asOf, ...ask } = c.req.valid('query')
    const answer = await answers([sku], ask, {}, asOf)
    if (answer.code !== 'done') return asOfRefused(c, answer) as never
    const [found] = answer.results as [RegionAvailabilityAnswer | null]
    if (!found) return problem(c, 'unknown-sku', unknownSku(sku)) as never
    return c.json({ date: earliestDay(found.availableToPromise, quantity) }, 200)
  })
  app.openapi(query, async (c) => {
    const { skus, substitutes = false, asOf, ...ask } = c.req.valid('json')
    const answer = await answers(skus, ask, { substitutes }, asOf)
    if (answer.code !== 'done') return asOfRefused(c, answer) as never
    const results = answer.results as (RegionAvailabilityAnswer | null)[]
    return c.json(
      { results: results.map((found, i) => found ?? { sku: skus[i]!, error: 'unknown-sku' as const }) },
      200,
    )
  })
}
