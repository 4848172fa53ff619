import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { json } from '../../shared/contract/route-parts.ts'
import { ExceptionClass, ExceptionRecord, ExceptionStatus } from '../../shared/contract/exceptions.ts'
import { problem } from '../../shared/node/http.ts'
import { tryReplay } from '../inbox/try-replay.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { Flag, problems } from './route.ts'

const Id = z.object({ id: z.string().min(1).max(600) })
const Filter = z.strictObject({
  status: ExceptionStatus.optional(),
  source: z.string().max(256).optional(),
  class: ExceptionClass.optional(),
  cursor: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

const list = createRoute({
  method: 'get',
  path: '/v1/exceptions',
  summary: 'Dead letters, newest first: what came, why it could not count, how often it was tried.',
  request: { query: Filter },
  responses: {
    200: json(
      z.object({
        exceptions: z.array(ExceptionRecord),
        open: z.number().int(),
        cursor: z.string().nullable(),
      }),
      'A page',
    ),
    ...problems(400),
  },
})
const read = createRoute({
  method: 'get',
  path: '/v1/exceptions/{id}',
  summary: 'One dead letter with its original bytes (base64).',
  request: { params: Id },
  responses: { 200: json(ExceptionRecord, 'The letter'), ...problems(404) },
})
const Trial = z.object({
  outcome: z.enum(['would-count', 'would-stay', 'unknown']),
  facts: z.number().int().describe('how many facts are understood in it by now'),
  detail: z.string(),
})
const Replayed = z.object({
  id: z.string(),
  status: ExceptionStatus,
  detail: z.string().optional(),
  trial: Trial.optional().describe('of a dry run: nothing was changed'),
})
const DryRun = z.strictObject({ dryRun: Flag })
const replay = createRoute({
  method: 'post',
  path: '/v1/exceptions/{id}/replay',
  summary:
    'Tries the original bytes again, with today’s mappings. Repeating it changes nothing twice. `?dryRun=true` only says what would come of it.',
  request: { params: Id, query: DryRun },
  responses: { 200: json(Replayed, 'What it is now'), ...problems(400, 404) },
})
const discard = createRoute({
  method: 'post',
  path: '/v1/exceptions/{id}/discard',
  summary: 'Settles a letter without effect. Its bytes are kept.',
  request: { params: Id },
  responses: { 200: json(Replayed, 'Discarded'), ...problems(404) },
})
const Which = Filter.pick({ source: true, class: true }).extend({ dryRun: Flag })
const replayAll = createRoute({
  method: 'post',
  path: '/v1/exceptions:replay',
  summary:
    'Tries every open letter again, or those of a source or class. `?dryRun=true` only says what would come of it.',
  request: { query: Which },
  responses: {
    200: json(
      z.object({
        tried: z.number().int(),
        replayed: z.number().int().describe('in a dry run: how many would count'),
        dryRun: z.boolean(),
      }),
      'How many counted',
    ),
    ...problems(400),
  },
})

const REPLAYED_AT_ONCE_MAX = 1000

export function addExceptions(app: RegionApp, hub: RegionHub): void {
  const { exceptions } = hub
  app.openapi(list, (c) => {
    const { page, cursor } = exceptions.list(c.req.valid('query'))
    return c.json(
      { exceptions: page, open: exceptions.countOpen(), cursor: cursor === null ? null : String(cursor) },
      200,
    )
  })
  app.openapi(read, (c) => {
    const found = exceptions.get(c.req.valid('param').id)
    return (found ? c.json(found, 200) : problem(c, 'not-found')) as never
  })
  app.openapi(replay, async (c) => {
    const { id } = c.req.valid('param')
    if (c.req.valid('query').dryRun) {
      const trial = tryReplay(hub, id)
      const record = exceptions.get(id)
      if (!trial || !record) return problem(c, 'not-found') as never
      return c.json({ id, status: record.status, trial }, 200)
    }
    const refusals = await hub.replay(id)
    await hub.letters.tell()
    if (!refusals) return problem(c, 'not-found') as never
    return c.json(
      refusals.length === 0
        ? { id, status: 'replayed' as const }
        : { id, status: 'open' as const, detail: refusals[0]!.detail },
      200,
    )
  })
  app.openapi(discard, async (c) => {
    const { id } = c.req.valid('param')
    if (!exceptions.get(id)) return problem(c, 'not-found') as never
    exceptions.settle(id, 'discarded')
    await hub.letters.tell()
    return c.json({ id, status: 'discarded' as const }, 200)
  })
  app.openapi(replayAll, async (c) => {
    const { dryRun, ...which } = c.req.valid('query')
    const { page: open } = exceptions.list({ ...which, status: 'open', limit: REPLAYED_AT_ONCE_MAX })
    let replayed = 0
    for (const { id } of open) {
      const counts = dryRun
        ? tryReplay(hub, id)?.outcome === 'would-count'
        : (await hub.replay(id))?.length === 0
      if (counts) replayed++
    }
    if (!dryRun) await hub.letters.tell()
    return c.json({ tried: open.length, replayed, dryRun }, 200)
  })
}
