import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import * as z from 'zod'
import { body, json } from '../../shared/contract/route-parts.ts'
import {
  CHANNEL_HEADER,
  ExtendRequest,
  ReservationAnswer,
  ReserveRequest,
} from '../../shared/contract/reservation-api.ts'
import { Channel } from '../../shared/domain/ids.ts'
import { problem, type Variables } from '../../shared/node/http.ts'
import type { Answer } from '../../shared/node/raw-answer.ts'
import type { Step } from '../orders/core/reservation-steps.ts'
import type { RegionHub } from '../region-hub.ts'
import { answerHold, answerOf, isOwn } from './answer-hold.ts'
import { IdempotencyKey } from './idempotency-key.ts'
import type { RegionApp } from './region-app.ts'
import { problems } from './route.ts'

const Id = z.object({ id: z.string().min(1).max(64) })
/** Sent by the edge: only reservations of this channel are there for the caller. */
const OfChannel = z.object({ [CHANNEL_HEADER]: Channel.optional() })

const make = createRoute({
  method: 'post',
  path: '/v1/reservations',
  summary: 'Holds what an order needs: all of its lines, or none; with `partial`, what there is.',
  request: {
    headers: OfChannel.extend({ 'idempotency-key': IdempotencyKey }),
    body: body(ReserveRequest),
  },
  responses: { 201: json(ReservationAnswer, 'Held'), ...problems(400, 403, 404, 409, 413, 422, 503) },
})
const read = createRoute({
  method: 'get',
  path: '/v1/reservations/{id}',
  summary: 'A reservation as it is now.',
  request: { params: Id, headers: OfChannel },
  responses: { 200: json(ReservationAnswer, 'The reservation'), ...problems(404) },
})
const step = (name: Step, summary: string) =>
  createRoute({
    method: 'post',
    path: `/v1/reservations/{id}/${name}`,
    summary,
    request: { params: Id, headers: OfChannel },
    responses: { 200: json(ReservationAnswer, 'As it is now'), ...problems(404, 409, 503) },
  })
const confirm = step('confirm', 'Makes a hold firm: it has no end any more. Repeating it changes nothing.')
const release = step('release', 'Gives back what is held. Repeating it changes nothing.')
const extend = createRoute({
  method: 'post',
  path: '/v1/reservations/{id}/extend',
  summary: 'Lets a hold end later: so many seconds from now, never earlier than it would.',
  request: { params: Id, headers: OfChannel, body: body(ExtendRequest) },
  responses: { 200: json(ReservationAnswer, 'As it is now'), ...problems(404, 409, 422, 503) },
})

type C = Context<{ Variables: Variables }>

export function addReservations(app: RegionApp, hub: RegionHub): void {
  app.openAPIRegistry.registerPath(make)
  app.post('/v1/reservations', async (c) =>
    respond(
      c,
      await answerHold(hub, {
        key: c.req.header('idempotency-key'),
        own: c.req.header(CHANNEL_HEADER),
        text: await c.req.text(),
        correlationId: c.get('correlationId'),
      }),
    ),
  )
  app.openapi(read, (c) => {
    hub.passTime()
    const found = hub.reservation(c.req.valid('param').id)
    if (!found || !isOwn(found, c.req.header(CHANNEL_HEADER)))
      return problem(c, 'not-found', { detail: 'no such reservation' }) as never
    return c.json(found, 200)
  })
  const take = async (c: C, kind: Step, reservation: string, ttlMs?: number): Promise<Response> => {
    const { desk } = hub.writing()
    const correlationId = c.get('correlationId')
    const found = hub.reservation(reservation)
    // Whose it is never changes, so it can be looked at before the step is decided.
    if (found && !isOwn(found, c.req.header(CHANNEL_HEADER)))
      return respond(c, answerOf({ code: 'not-found' }, 200))
    const answer = await desk.ask({
      kind,
      reservation,
      correlationId,
      ...(ttlMs === undefined ? {} : { ttlMs }),
    })
    return respond(c, answerOf(answer, 200))
  }
  app.openapi(confirm, (c) => take(c, 'confirm', c.req.valid('param').id) as never)
  app.openapi(release, (c) => take(c, 'release', c.req.valid('param').id) as never)
  app.openapi(
    extend,
    (c) => take(c, 'extend', c.req.valid('param').id, c.req.valid('json').ttlSeconds * 1000) as never,
  )
}

const respond = (c: C, answer: Answer): Response =>
  'status' in answer ? c.json(answer.body, answer.status) : problem(c, answer.code, answer.fields)
