import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { json } from '../../shared/contract/route-parts.ts'
import { CanonicalEvent } from '../../shared/contract/events.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import { parseBoundedJson } from '../../shared/kernel/bounded-json.ts'
import { problem } from '../../shared/node/http.ts'
import type { Message, Refusal } from '../connectors/connector.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { problems } from './route.ts'

const SINGLE = 'application/cloudevents+json'
const BATCH = 'application/cloudevents-batch+json'
const EVENTS_MAX = 10_000

const Results = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      status: z.enum(['accepted', 'duplicate', 'conflict', 'invalid']),
      error: z.object({ class: z.string(), code: z.string(), detail: z.string() }).optional(),
    }),
  ),
})

const postEvents = createRoute({
  method: 'post',
  path: '/v1/events',
  summary: 'Canonical CloudEvents, one or a batch. What is answered `accepted` is on the disk and folded.',
  request: {
    body: {
      required: true,
      content: { [SINGLE]: { schema: CanonicalEvent }, [BATCH]: { schema: z.array(CanonicalEvent) } },
    },
  },
  responses: { 202: json(Results, 'What became of each event, in order'), ...problems(400, 413, 415) },
})

export function addEvents(app: RegionApp, hub: RegionHub): void {
  // The body is read here and not by the validator: an invalid event is an answer and a dead letter, not a refusal.
  app.openAPIRegistry.registerPath(postEvents)
  app.post('/v1/events', async (c) => {
    const contentType = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
    if (contentType !== SINGLE && contentType !== BATCH && contentType !== 'application/json') {
      return problem(c, 'unsupported-media-type', { detail: `send ${SINGLE} or ${BATCH}` })
    }
    const parsed = parseBoundedJson(await c.req.text())
    if (!parsed.ok) return problem(c, 'malformed', { detail: parsed.error.detail })
    if (contentType === BATCH && !Array.isArray(parsed.value))
      return problem(c, 'malformed', { detail: `${BATCH} is an array of events` })
    const given = Array.isArray(parsed.value) ? parsed.value : [parsed.value]
    if (given.length > EVENTS_MAX)
      return problem(c, 'too-large', { detail: `at most ${EVENTS_MAX} events at once` })
    const results = await hub.inbox.post(
      given.map((it) => eventOf(it, hub.clock.now())),
      c.get('correlationId'),
    )
    return c.json(
      {
        results: results.map(({ id, status, error }) => ({
          id,
          status,
          ...(error ? { error: publicError(error) } : {}),
        })),
      },
      202,
    )
  })
}

function eventOf(
  given: unknown,
  receivedAt: number,
): { event: CanonicalEvent | null; message: Message; refusal: Refusal | null; id: string } {
  const { id, source } = namesOf(given)
  const message: Message = {
    source,
    body: new TextEncoder().encode(JSON.stringify(given)),
    contentType: SINGLE,
    headers: {},
    receivedAt,
  }
  const parsed = CanonicalEvent.safeParse(given)
  if (parsed.success) return { event: parsed.data, message, refusal: null, id }
  const detail = fieldErrors(parsed.error)
    .map(({ path, message: said }) => `${path || '(event)'}: ${said}`)
    .join('; ')
  return { event: null, message, refusal: { class: 'malformed', code: 'invalid-event', detail }, id }
}

function namesOf(given: unknown): { id: string; source: string } {
  const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 256) : '')
  if (typeof given !== 'object' || given === null) return { id: '', source: '' }
  return { id: text((given as { id?: unknown }).id), source: text((given as { source?: unknown }).source) }
}

const publicError = ({ class: kind, code, detail }: Refusal) => ({ class: kind, code, detail })
