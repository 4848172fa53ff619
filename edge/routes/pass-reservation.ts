import * as z from 'zod'
import { fieldErrors } from '../../shared/contract/problem.ts'
import { Channel, Segment } from '../../shared/domain/ids.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { Edge, EdgeContext } from '../edge.ts'
import type { HubCall } from '../hubs/region-hubs.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { answer } from '../middleware/answer.ts'
import { correlationOf } from '../middleware/correlation-id.ts'
import { readJson } from '../middleware/json-body.ts'
import { problem } from '../middleware/problem.ts'
import { refused, regionFor, segmentRefusal, type AskRefusal } from './availability-ask.ts'

/** Two hundred lines of one order, and air. */
const RESERVATION_BYTES_MAX = 128 * 1024

/** What the edge itself judges of a reservation; the region judges the rest. */
const Whose = z.looseObject({ channel: Channel.optional(), segment: Segment.optional() })

type Handler = (c: EdgeContext, key: ChannelKey) => Promise<Response>

/** POST /v1/reservations: decided by the region, for the key's channel. */
export function makeReservation(edge: Edge): Handler {
  return async (c, key) => {
    const json = await readJson(c.req.raw, RESERVATION_BYTES_MAX)
    if (!json.ok) return problem(c, json.error.code, { detail: json.error.detail })
    const asked = Whose.safeParse(json.value)
    if (!asked.success) return problem(c, 'invalid', { errors: fieldErrors(asked.error) })
    const { channel, segment } = asked.data
    if (channel !== undefined && channel !== key.channel)
      return problem(c, 'forbidden', { detail: `this key sells as ${key.channel}, not as ${channel}` })
    const outside = segmentRefusal(key, segment)
    if (outside) return refused(c, outside)
    // Written anew from what was read here, so that the region can't read it otherwise; the same request stays the same.
    return pass(edge, c, key, 'POST', JSON.stringify({ ...asked.data, channel: key.channel }))
  }
}

/** GET /v1/reservations/{id} */
export const readReservation =
  (edge: Edge): Handler =>
  (c, key) =>
    passNamed(edge, c, key, 'GET')

/** POST /v1/reservations/{id}/confirm, /release and /extend: only the last has a body. */
export function stepReservation(edge: Edge, step: 'confirm' | 'release' | 'extend'): Handler {
  return async (c, key) => {
    if (step !== 'extend') return passNamed(edge, c, key, 'POST')
    const json = await readJson(c.req.raw, RESERVATION_BYTES_MAX)
    if (!json.ok) return problem(c, json.error.code, { detail: json.error.detail })
    return passNamed(edge, c, key, 'POST', JSON.stringify(json.value))
  }
}

/** An id stands in the path of our own request: nothing that a path could read otherwise gets there. */
const ID = /^[A-Za-z0-9-]{1,64}$/

async function passNamed(
  edge: Edge,
  c: EdgeContext,
  key: ChannelKey,
  method: HubCall['method'],
  body?: string,
): Promise<Response> {
  if (!ID.test(c.req.param('id')!)) return problem(c, 'not-found', { detail: 'no such reservation' })
  return pass(edge, c, key, method, body)
}

/** To the region that is meant, under the same path; what it says is answered as it is. */
async function pass(
  edge: Edge,
  c: EdgeContext,
  key: ChannelKey,
  method: HubCall['method'],
  body?: string,
): Promise<Response> {
  const region = regionAsked(edge, c, key)
  if (!region.ok) return refused(c, region.error)
  const said = await edge.regionHubs.ask(region.value, {
    method,
    path: c.req.path,
    channel: key.channel,
    correlationId: correlationOf(c),
    headers: passedOn(c),
    ...(body === undefined ? {} : { body }),
  })
  if (!said)
    return problem(c, 'region-unavailable', {
      detail: `${region.value} can not be reached right now; ask again, with the same Idempotency-Key`,
      region: region.value,
    })
  return answer(c, said.status, said.body, { 'Content-Type': said.contentType, 'Cache-Control': 'no-store' })
}

const PASSED_HEADERS = ['Idempotency-Key', 'traceparent'] as const

function passedOn(c: EdgeContext): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of PASSED_HEADERS) {
    const value = c.req.raw.headers.get(name)
    if (value !== null) headers[name] = value
  }
  return headers
}

/** `?region=`, else the key's first: where a reservation lives must not depend on where its caller stands. */
function regionAsked(edge: Edge, c: EdgeContext, key: ChannelKey): Result<string, AskRefusal> {
  const asked = c.req.queries()
  for (const [name, values] of Object.entries(asked)) {
    const message = name !== 'region' ? 'unknown parameter' : values.length > 1 ? 'given twice' : null
    if (message) return err({ code: 'malformed', errors: [{ path: name.slice(0, 64), message }] })
  }
  const reader = regionFor(edge, key, asked['region']?.[0] ?? key.regions[0]!)
  return reader.ok ? ok(reader.value.region) : reader
}
