import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import * as z from 'zod'
import { CORRELATION_HEADER } from '../../shared/contract/correlation.ts'
import { body, json } from '../../shared/contract/route-parts.ts'
import { type FieldError, fieldErrors } from '../../shared/contract/problem.ts'
import {
  CHANNEL_HEADER,
  ExtendRequest,
  ReservationAnswer,
  ReserveRequest,
  TTL_SECONDS_DEFAULT,
} from '../../shared/contract/reservation-api.ts'
import { Channel } from '../../shared/domain/ids.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import { bearerMatcher, correlated, problem, type Variables } from '../../shared/node/http.ts'
import { jsonOrUndefined } from '../../shared/kernel/json-or-undefined.ts'
import type { Step } from '../orders/core/reservation-steps.ts'
import type { DeskAnswer } from '../orders/reservation-desk.ts'
import type { RegionHub } from '../region-hub.ts'
import { askedOf, finishedDetail, insufficient } from './asked-lines.ts'
import { digestOf, IdempotencyKey } from './idempotency-key.ts'
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

/**
 * The short way of a hold with nothing unusual about it; call it before any layer is added. What all requests pass costs a
 * hold as much as deciding it. Whatever is not plain here is left to those layers, which say what is wrong.
 */
export function addPlainHolds(app: RegionApp, hub: RegionHub, key: string): void {
  const isIn = bearerMatcher(key)
  app.post('/v1/reservations', (c, next) => {
    const isPlain =
      isIn(c) &&
      Number(c.req.header('content-length')) <= PLAIN_BYTES_MAX &&
      c.req.header('cookie') === undefined &&
      hub.leading !== null
    if (!isPlain) return next()
    correlated(c)
    return hold(c, hub)
  })
}

/** An order of a few hundred lines. */
const PLAIN_BYTES_MAX = 64 * 1024

export function addReservations(app: RegionApp, hub: RegionHub): void {
  app.openAPIRegistry.registerPath(make)
  app.post('/v1/reservations', (c) => hold(c, hub))
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
    if (found && !isOwn(found, c.req.header(CHANNEL_HEADER))) return answered(c, { code: 'not-found' }, 200)
    const answer = await desk.ask({
      kind,
      reservation,
      correlationId,
      ...(ttlMs === undefined ? {} : { ttlMs }),
    })
    return answered(c, answer, 200)
  }
  app.openapi(confirm, (c) => take(c, 'confirm', c.req.valid('param').id) as never)
  app.openapi(release, (c) => take(c, 'release', c.req.valid('param').id) as never)
  app.openapi(
    extend,
    (c) => take(c, 'extend', c.req.valid('param').id, c.req.valid('json').ttlSeconds * 1000) as never,
  )
}

/** On the way of a sale each part costs: the body is read and checked once, here. */
async function hold(c: C, hub: RegionHub): Promise<Response> {
  const { desk } = hub.writing()
  const key = IdempotencyKey.safeParse(c.req.header('idempotency-key'))
  if (!key.success)
    return problem(c, 'malformed', {
      errors: [
        {
          path: 'Idempotency-Key',
          message: 'send one: 1-255 printable ASCII characters, a new one for each new request',
        },
      ],
    })
  const text = await c.req.text()
  const json = jsonOrUndefined(text)
  if (json === undefined) return problem(c, 'malformed', { detail: 'the body is no JSON' })
  const parsed = ReserveRequest.safeParse(json)
  if (!parsed.success) return problem(c, 'invalid', { errors: fieldErrors(parsed.error) })
  const { channel } = parsed.data
  const ttl = ttlOf(hub, channel, parsed.data.ttlSeconds)
  if (!ttl.ok) return problem(c, 'invalid', { errors: [ttl.error] })
  const own = c.req.header(CHANNEL_HEADER)
  if (own !== undefined && own !== channel)
    return problem(c, 'forbidden', { detail: `this is asked for ${own}, and names another channel` })
  const asked = askedOf(hub, parsed.data)
  if (!asked.ok) return problem(c, asked.error.code, { errors: [asked.error.error] })
  const answer = await desk.ask({
    kind: 'reserve',
    asked: asked.value,
    ttlMs: ttl.value * 1000,
    request: { key: digestOf(`${channel}\n${key.data}`), digest: digestOf(text) },
    correlationId: c.get('correlationId'),
  })
  return answered(c, ownAnswer(hub, answer, own), 201)
}

const isOwn = ({ channel }: ReservationAnswer, own: string | undefined): boolean =>
  own === undefined || channel === own

type ApiAnswer = DeskAnswer | { readonly code: 'held-by-another-channel' }

/** What an order holds for another channel is no part of the answer: neither what it is, nor its name. */
function ownAnswer(hub: RegionHub, answer: DeskAnswer, own: string | undefined): ApiAnswer {
  const named =
    answer.code === 'already-reserved'
      ? hub.reservation(answer.reservation)
      : answer.code === 'done'
        ? answer.reservation
        : null
  return named && !isOwn(named, own) ? { code: 'held-by-another-channel' } : answer
}

/** As long as was asked, else as the channel's policy says; never longer than that allows. */
function ttlOf(hub: RegionHub, channel: string, asked: number | undefined): Result<number, FieldError> {
  const policy = hub.writer.ledger.books.master.policy('hold', { channel })
  const seconds = asked ?? policy?.ttlSeconds ?? TTL_SECONDS_DEFAULT
  if (seconds <= (policy?.ttlSecondsMax ?? seconds)) return ok(seconds)
  return err({
    path: 'ttlSeconds',
    message: `${channel} may hold for ${policy!.ttlSecondsMax} seconds at most`,
  })
}

function answered(c: C, answer: ApiAnswer, done: 200 | 201): Response {
  switch (answer.code) {
    case 'done':
      return new Response(JSON.stringify(answer.reservation), {
        status: done,
        headers: { 'content-type': 'application/json', [CORRELATION_HEADER]: c.get('correlationId') },
      })
    case 'insufficient-availability':
      return insufficient(c, answer.lines)
    case 'already-reserved':
      return problem(c, answer.code, {
        detail: `reservation ${answer.reservation} of this order holds something else for these lines`,
        reservationId: answer.reservation,
      })
    case 'order-finished':
      return problem(c, 'wrong-state', { detail: finishedDetail() })
    case 'held-by-another-channel':
      return problem(c, 'already-reserved', { detail: 'another channel holds these lines of this order' })
    case 'idempotency-key-reused':
      return problem(c, answer.code, {
        detail: 'this key was used with another body; a new request needs a new key',
      })
    case 'not-found':
      return problem(c, 'not-found', { detail: 'no such reservation' })
    case 'wrong-state':
      return problem(c, 'wrong-state', {
        detail: `the reservation is ${answer.reservation.status}`,
        reservation: answer.reservation,
      })
  }
}
