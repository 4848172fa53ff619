import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import * as z from 'zod'
import {
  CorrectionAnswer,
  CorrectionStatus,
  DecideCorrection,
  ProposeCorrection,
} from '../../shared/contract/correction-api.ts'
import { body, json } from '../../shared/contract/route-parts.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import { NodeId, Sku } from '../../shared/domain/ids.ts'
import type { Result } from '../../shared/kernel/result.ts'
import { problem, type Variables } from '../../shared/node/http.ts'
import { jsonOrUndefined } from '../../shared/kernel/json-or-undefined.ts'
import type { DecideRefusal } from '../governance/correction-desk.ts'
import type { RegionHub } from '../region-hub.ts'
import { digestOf, IdempotencyKey } from './idempotency-key.ts'
import type { RegionApp } from './region-app.ts'
import { problems } from './route.ts'

const Id = z.object({ id: z.string().min(1).max(64) })

const propose = createRoute({
  method: 'post',
  path: '/v1/corrections',
  summary:
    'Corrects a state of a position. Within the `correctionLimit` policy it counts at once; above it, it waits for a second person.',
  request: {
    headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
    body: body(ProposeCorrection),
  },
  responses: {
    201: json(CorrectionAnswer, 'It counts'),
    202: json(CorrectionAnswer, 'It waits for a second person'),
    ...problems(400, 404, 422, 503),
  },
})
const list = createRoute({
  method: 'get',
  path: '/v1/corrections',
  summary: 'Corrections, latest first.',
  request: {
    query: z.strictObject({
      status: CorrectionStatus.optional(),
      sku: Sku.optional(),
      node: NodeId.optional(),
      cursor: z.string().min(1).max(64).optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    }),
  },
  responses: {
    200: json(
      z.object({
        corrections: z.array(CorrectionAnswer),
        waiting: z.number().int(),
        cursor: z.string().nullable(),
      }),
      'A page, and how many wait in all',
    ),
    ...problems(400),
  },
})
const read = createRoute({
  method: 'get',
  path: '/v1/corrections/{id}',
  summary: 'One correction.',
  request: { params: Id },
  responses: { 200: json(CorrectionAnswer, 'The correction'), ...problems(404) },
})
const decide = (name: 'approve' | 'reject', summary: string) =>
  createRoute({
    method: 'post',
    path: `/v1/corrections/{id}/${name}`,
    summary,
    request: { params: Id, body: body(DecideCorrection) },
    responses: { 200: json(CorrectionAnswer, 'As it is now'), ...problems(400, 404, 409, 422, 503) },
  })
const approve = decide(
  'approve',
  'A second person lets a correction count, dated as it was proposed. Repeating it changes nothing.',
)
const reject = decide('reject', 'Ends a correction without effect. Repeating it changes nothing.')

type C = Context<{ Variables: Variables }>

export function addCorrections(app: RegionApp, hub: RegionHub): void {
  const { corrections: desk } = hub
  const { corrections: book } = hub.writer
  // Some of what may be wrong with it has a name of its own, so that it is validated here.
  app.openAPIRegistry.registerPath(propose)
  app.post('/v1/corrections', (c) => proposed(c, hub))
  app.openapi(list, (c) => {
    const { cursor: before, limit, ...filter } = c.req.valid('query')
    const corrections = book.list({ ...filter, before, limit })
    const cursor = corrections.length === limit ? corrections[limit - 1]!.id : null
    return c.json({ corrections, waiting: book.countWaiting(), cursor }, 200)
  })
  app.openapi(read, (c) => {
    const found = book.find(c.req.valid('param').id)
    return (found ? c.json(found, 200) : noCorrection(c)) as never
  })
  app.openapi(
    approve,
    async (c) => decided(c, await desk.approve(c.req.valid('param').id, c.req.valid('json'))) as never,
  )
  app.openapi(
    reject,
    async (c) => decided(c, await desk.reject(c.req.valid('param').id, c.req.valid('json'))) as never,
  )
}

async function proposed(c: C, hub: RegionHub): Promise<Response> {
  const given = c.req.header('idempotency-key')
  const key = IdempotencyKey.optional().safeParse(given)
  if (!key.success)
    return problem(c, 'malformed', {
      errors: fieldErrors(key.error).map((it) => ({ ...it, path: 'Idempotency-Key' })),
    })
  const text = await c.req.text()
  const json = jsonOrUndefined(text)
  if (json === undefined) return problem(c, 'malformed', { detail: 'the body is no JSON' })
  const parsed = ProposeCorrection.safeParse(json)
  if (!parsed.success) {
    const errors = fieldErrors(parsed.error)
    return problem(c, nameOf(errors.map(({ path }) => path)), { errors })
  }
  const request = key.data === undefined ? null : { key: digestOf(key.data), digest: digestOf(text) }
  const answer = await hub.corrections.propose(parsed.data, request, c.get('correlationId'))
  if (answer.ok) return c.json(answer.value, answer.value.status === 'waiting' ? 202 : 201)
  if (answer.error.code === 'idempotency-key-reused')
    return problem(c, answer.error.code, {
      detail: 'this key was used with another body; a new request needs a new key',
    })
  const { code, path, detail } = answer.error
  return problem(c, code, { detail, errors: [{ path, message: detail }] })
}

/** What is wrong with one field alone, and has a name. */
function nameOf(paths: readonly string[]): 'state-not-correctable' | 'delta-not-correctable' | 'invalid' {
  if (paths.length !== 1) return 'invalid'
  if (paths[0] === 'state') return 'state-not-correctable'
  return paths[0] === 'delta' ? 'delta-not-correctable' : 'invalid'
}

function decided(c: C, answer: Result<CorrectionAnswer, DecideRefusal>): Response {
  if (answer.ok) return c.json(answer.value, 200)
  if (answer.error.code === 'not-found') return noCorrection(c)
  const { code, correction } = answer.error
  const detail =
    code === 'same-person'
      ? `${correction.author} proposed it; somebody else has to approve it`
      : `the correction is ${correction.status}`
  return problem(c, code, { detail, correction })
}

const noCorrection = (c: C): Response => problem(c, 'not-found', { detail: 'no such correction' })
