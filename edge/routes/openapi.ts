import * as z from 'zod'
import {
  AvailabilityAnswer,
  ChangesAnswer,
  EdgeQuery,
  RegionsAnswer,
  UnknownSkuEntry,
} from '../../shared/contract/availability-api.ts'
import { ShardRows } from '../../shared/contract/edge-repair-api.ts'
import { IssuedKey, KeyEntry, KeysAnswer, NewKey } from '../../shared/contract/key-api.ts'
import { Problem } from '../../shared/contract/problem.ts'
import { PUSH_MEDIA_TYPE, PushAnswer, SIGNATURE_HEADER } from '../../shared/contract/push.ts'
import { DigestReport } from '../../shared/contract/reports.ts'
import {
  EdgeReserveRequest,
  ExtendRequest,
  ReservationAnswer,
} from '../../shared/contract/reservation-api.ts'
import type { EdgeContext } from '../edge.ts'
import { answerJson } from '../middleware/answer.ts'

let document: string | null = null

/** GET /openapi.json, made on first demand: most isolates never need it. */
export const readOpenApi = (c: EdgeContext): Response =>
  answerJson(c, (document ??= JSON.stringify(openApi())))

const jsonSchema = (schema: z.ZodType): object =>
  z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })

const json = (schema: object): object => ({ 'application/json': { schema } })

const problems = (...statuses: number[]): object =>
  Object.fromEntries(statuses.map((status) => [status, { $ref: '#/components/responses/Problem' }]))

const parameter = (name: string, schema: object, description?: string, place = 'query'): object => ({
  name,
  in: place,
  required: place === 'path',
  schema,
  ...(description ? { description } : {}),
})
const text = { type: 'string' }
const whole = { type: 'integer', minimum: 0 }

const ok = (schema: z.ZodType): object => ({ description: 'OK', content: json(jsonSchema(schema)) })

function openApi(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plimsoll edge',
      version: '1',
      description: 'What may be sold, by channel, and how fresh that is.',
    },
    security: [{ channelKey: [] }],
    paths: { ...availabilityPaths(), ...reservationPaths(), ...otherPaths(), ...operatorPaths() },
    components: {
      securitySchemes: {
        channelKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'plk_…, scoped to channel, segments and regions',
        },
        operatorKey: { type: 'http', scheme: 'bearer' },
        pushSignature: { type: 'apiKey', in: 'header', name: SIGNATURE_HEADER },
      },
      responses: {
        Problem: {
          description: 'RFC 9457',
          content: { 'application/problem+json': { schema: jsonSchema(Problem) } },
        },
      },
    },
  }
}

function availabilityPaths(): object {
  const sku = parameter('sku', text, undefined, 'path')
  const asked = [
    parameter('region', text, "the key's, or of several the one near the caller, when absent"),
    parameter('segment', text),
    parameter('node', text),
    parameter('minVersion', whole, 'at least this journal sequence, otherwise 503'),
    parameter('substitutes', { type: 'boolean' }, 'list them even where there is stock'),
    parameter('maxAge', whole, 'at most this many milliseconds old, otherwise 503'),
  ]
  const notFound = UnknownSkuEntry.extend({ error: z.enum(['unknown-sku', 'not-ready']) })
  return {
    '/v1/availability/{sku}': {
      get: {
        operationId: 'readAvailability',
        parameters: [sku, ...asked],
        responses: {
          200: ok(AvailabilityAnswer),
          304: { description: 'As you have it' },
          ...problems(400, 401, 403, 404, 429, 503),
        },
      },
    },
    '/v1/channels/{channel}/availability/{sku}': {
      get: {
        operationId: 'readAsChannel',
        security: [{ operatorKey: [] }],
        parameters: [parameter('channel', text, 'who is answered so', 'path'), sku, ...asked],
        responses: {
          200: ok(AvailabilityAnswer),
          304: { description: 'As you have it' },
          ...problems(400, 401, 404, 503),
        },
      },
    },
    '/v1/availability/query': {
      post: {
        operationId: 'queryAvailability',
        requestBody: { required: true, content: json(jsonSchema(EdgeQuery)) },
        responses: {
          200: ok(z.object({ results: z.array(z.union([AvailabilityAnswer, notFound])) })),
          ...problems(400, 401, 403, 404, 413, 415, 422, 429, 503),
        },
      },
    },
  }
}

function reservationPaths(): object {
  const region = parameter('region', text, "where it is held; the key's first region when absent")
  const answers = (done: 200 | 201): object => ({
    [done]: ok(ReservationAnswer),
    ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
  })
  const step = (name: string, body?: z.ZodType): object => ({
    [`/v1/reservations/{id}/${name}`]: {
      post: {
        operationId: `${name}Reservation`,
        parameters: [parameter('id', text, undefined, 'path'), region],
        ...(body && { requestBody: { required: true, content: json(jsonSchema(body)) } }),
        responses: answers(200),
      },
    },
  })
  const key = parameter('Idempotency-Key', text, 'a new one for each new request', 'header')
  return {
    '/v1/reservations': {
      post: {
        operationId: 'makeReservation',
        parameters: [{ ...key, required: true }, region],
        requestBody: { required: true, content: json(jsonSchema(EdgeReserveRequest)) },
        responses: answers(201),
      },
    },
    '/v1/reservations/{id}': {
      get: {
        operationId: 'readReservation',
        parameters: [parameter('id', text, undefined, 'path'), region],
        responses: answers(200),
      },
    },
    ...step('confirm'),
    ...step('release'),
    ...step('extend', ExtendRequest),
  }
}

function otherPaths(): object {
  const binary = { [PUSH_MEDIA_TYPE]: { schema: { type: 'string', contentMediaType: PUSH_MEDIA_TYPE } } }
  return {
    '/v1/changes': {
      get: {
        operationId: 'listChanges',
        parameters: [
          parameter('region', text),
          parameter('segment', text),
          parameter('node', text),
          parameter('since', text, 'the cursor of the answer before; absent: every sku first'),
        ],
        responses: { 200: ok(ChangesAnswer), ...problems(400, 401, 403, 404, 410, 429, 503) },
      },
    },
    '/v1/regions': {
      get: { operationId: 'listRegions', responses: { 200: ok(RegionsAnswer), ...problems(401, 503) } },
    },
    '/ingest/v1/{region}': {
      post: {
        operationId: 'acceptPush',
        security: [{ pushSignature: [] }],
        parameters: [parameter('region', text, undefined, 'path')],
        requestBody: { required: true, content: binary },
        responses: { 200: ok(PushAnswer), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503) },
      },
    },
    '/healthz': {
      get: { operationId: 'readHealth', security: [], responses: { 200: { description: 'It runs' } } },
    },
    '/readyz': {
      get: {
        operationId: 'readReadiness',
        security: [],
        responses: { 200: { description: 'Stores answer' }, ...problems(503) },
      },
    },
  }
}

function operatorPaths(): object {
  return {
    '/v1/digests': {
      get: {
        operationId: 'readDigests',
        security: [{ operatorKey: [] }],
        parameters: [{ ...parameter('region', text), required: true }],
        responses: { 200: ok(DigestReport.omit({ kind: true, at: true })), ...problems(400, 401, 404, 503) },
      },
    },
    '/v1/digests/{shard}': {
      get: {
        operationId: 'readShardDigests',
        security: [{ operatorKey: [] }],
        parameters: [
          parameter('shard', text, undefined, 'path'),
          { ...parameter('region', text), required: true },
        ],
        responses: { 200: ok(ShardRows), ...problems(400, 401, 404, 503) },
      },
    },
    '/v1/keys': {
      post: {
        operationId: 'issueKey',
        security: [{ operatorKey: [] }],
        requestBody: { required: true, content: json(jsonSchema(NewKey)) },
        responses: { 201: ok(IssuedKey), ...problems(400, 401, 404, 413, 415, 422, 503) },
      },
      get: {
        operationId: 'listKeys',
        security: [{ operatorKey: [] }],
        parameters: [parameter('cursor', text)],
        responses: { 200: ok(KeysAnswer), ...problems(400, 401, 503) },
      },
    },
    '/v1/keys/{id}': {
      delete: {
        operationId: 'revokeKey',
        security: [{ operatorKey: [] }],
        parameters: [parameter('id', text, undefined, 'path')],
        responses: { 200: ok(KeyEntry), ...problems(401, 404, 503) },
      },
    },
  }
}
