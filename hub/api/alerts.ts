import { createRoute } from '@hono/zod-openapi'
import { and, desc, eq } from '../store/drizzle.ts'
import type { Context } from 'hono'
import * as z from 'zod'
import {
  AcknowledgeAlert,
  Alert,
  AlertDelivery,
  AlertKind,
  AlertSeverity,
  AlertState,
  AlertWithHistory,
  NewSilence,
  OwnAlert,
  Silence,
  SilenceAlert,
} from '../../shared/contract/alert-api.ts'
import { Timestamp } from '../../shared/contract/envelope.ts'
import { body, json, PROBLEM } from '../../shared/contract/route-parts.ts'
import { Region } from '../../shared/domain/ids.ts'
import { problem } from '../../shared/node/http.ts'
import { may } from '../access/role.ts'
import { alertmanagerAlert, AlertmanagerAlert } from '../alerts/outputs/alertmanager.ts'
import type { Centre } from '../centre.ts'
import { alertDelivery } from '../store/alert-tables.ts'
import type { CentreApp, CentreVariables } from './centre-app.ts'

const Query = z.strictObject({
  region: Region.optional(),
  state: AlertState.optional(),
  kind: AlertKind.optional(),
  severity: AlertSeverity.optional(),
  owner: z.string().max(128).optional().describe('a person, or `none`'),
  cursor: z.string().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
const DeliveryQuery = z.strictObject({
  state: AlertDelivery.shape.state.optional(),
  output: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
const Id = z.object({ id: z.string().min(1).max(64) })

const PROBLEMS = { 400: PROBLEM, 403: PROBLEM, 404: PROBLEM }

const list = createRoute({
  method: 'get',
  path: '/v1/alerts',
  summary: 'What people were called for, latest change first.',
  request: { query: Query as never },
  responses: {
    200: json(z.object({ alerts: z.array(Alert), cursor: z.string().nullable() }), 'A page'),
    400: PROBLEM,
  },
})
const asAlertmanager = createRoute({
  method: 'get',
  path: '/v1/alerts/alertmanager',
  summary: 'What fires, as Prometheus Alertmanager’s API v2 has it.',
  responses: { 200: json(z.array(AlertmanagerAlert), 'The alerts') },
})
const deliveries = createRoute({
  method: 'get',
  path: '/v1/alerts/deliveries',
  summary: 'Messages to outputs of the last week, latest first: sent, waiting, or given up and why.',
  request: { query: DeliveryQuery as never },
  responses: { 200: json(z.object({ deliveries: z.array(AlertDelivery) }), 'A page'), 400: PROBLEM },
})
const listSilences = createRoute({
  method: 'get',
  path: '/v1/alerts/silences',
  summary: 'The silences that hold now.',
  responses: { 200: json(z.object({ silences: z.array(Silence) }), 'The longest first') },
})
const addSilence = createRoute({
  method: 'post',
  path: '/v1/alerts/silences',
  summary: 'Nobody is told of alerts that fit all that is named. They are shown all the same.',
  request: { body: body(NewSilence) },
  responses: { 201: json(z.object({ id: z.string() }), 'It holds'), ...PROBLEMS },
})
const endSilence = createRoute({
  method: 'delete',
  path: '/v1/alerts/silences/{id}',
  summary: 'Ends a silence now: what still fires under it is told.',
  request: { params: Id },
  responses: { 204: { description: 'It is over' }, ...PROBLEMS },
})
const read = createRoute({
  method: 'get',
  path: '/v1/alerts/{id}',
  summary: 'One alert, with its history.',
  request: { params: Id },
  responses: { 200: json(AlertWithHistory, 'The alert'), 404: PROBLEM },
})
const step = <T extends z.ZodType>(name: string, schema: T, summary: string) =>
  createRoute({
    method: 'post',
    path: `/v1/alerts/{id}/${name}`,
    summary,
    request: { params: Id, body: body(schema) },
    responses: { 200: json(AlertWithHistory, 'As it is now'), ...PROBLEMS },
  })
const acknowledge = step('acknowledge', AcknowledgeAlert, 'Somebody has seen it: nobody is told of it again.')
const own = step('own', OwnAlert, 'Says who looks after it; null gives it back.')
const silence = step('silence', SilenceAlert, 'Nobody is told of this very thing for so long.')

type C = Context<{ Variables: CentreVariables }>

export function addAlerts(app: CentreApp, centre: Centre): void {
  const { db, clock } = centre
  const { reader, book } = centre.alerts
  app.openapi(list, async (c) => {
    const { cursor, ...filter } = c.req.valid('query') as z.infer<typeof Query>
    const from = cursor === undefined ? undefined : placeOf(cursor)
    if (from === null)
      return problem(c, 'malformed', { errors: [{ path: 'cursor', message: 'is not one of ours' }] }) as never
    const { alerts, next } = await reader.list({ ...filter, cursor: from }, clock.now())
    return c.json({ alerts, cursor: next && Buffer.from(JSON.stringify(next)).toString('base64url') }, 200)
  })
  app.openapi(asAlertmanager, async (c) => {
    const person = c.get('person')
    const { alerts } = await reader.list({ state: 'firing', limit: 1000 }, clock.now())
    const shown = alerts.filter(({ region }) => may(person, 'viewer', region))
    return c.json(
      shown.map((it) => alertmanagerAlert(it, centre.publicUrl)),
      200,
    )
  })
  app.openapi(deliveries, async (c) => {
    const { state, output, limit } = c.req.valid('query') as z.infer<typeof DeliveryQuery>
    const rows = await db
      .select()
      .from(alertDelivery)
      .where(
        and(
          state && eq(alertDelivery.state, state),
          output === undefined ? undefined : eq(alertDelivery.output, output),
        ),
      )
      .orderBy(desc(alertDelivery.id))
      .limit(limit)
    return c.json({ deliveries: rows.map(deliveryOf) }, 200)
  })
  addSilences(app, centre)
  app.openapi(read, async (c) => (await told(c, centre, c.req.valid('param').id)) as never)

  const act = async (c: C, id: string, work: (by: string) => Promise<unknown>): Promise<never> => {
    const row = await book.find(id)
    if (row && !may(c.get('person'), 'operator', row.region)) return notHere(c, row.region) as never
    await work(c.get('person').id)
    return (await told(c, centre, id)) as never
  }
  app.openapi(acknowledge, (c) => {
    const [{ id }, { note }] = [c.req.valid('param'), c.req.valid('json')]
    return act(c, id, (by) => book.acknowledge(id, by, note))
  })
  app.openapi(own, (c) => {
    const [{ id }, { owner }] = [c.req.valid('param'), c.req.valid('json')]
    return act(c, id, (by) => book.own(id, by, owner))
  })
  app.openapi(silence, (c) => {
    const [{ id }, { minutes, reason }] = [c.req.valid('param'), c.req.valid('json')]
    return act(c, id, (by) => book.silence(id, by, minutes, reason))
  })
}

function addSilences(app: CentreApp, { clock, alerts: { reader, book } }: Centre): void {
  app.openapi(listSilences, async (c) => c.json({ silences: await reader.silences(clock.now()) }, 200))
  app.openapi(addSilence, async (c) => {
    const { kind = null, region = null, subject = null, ...said } = c.req.valid('json')
    if (!may(c.get('person'), 'operator', region)) return notHere(c, region) as never
    return c.json({ id: await book.addSilence({ kind, region, subject, ...said }, c.get('person').id) }, 201)
  })
  app.openapi(endSilence, async (c) => {
    const found = await book.findSilence(c.req.valid('param').id)
    if (!found) return problem(c, 'not-found', { detail: 'no such silence' }) as never
    if (!may(c.get('person'), 'operator', found.region)) return notHere(c, found.region) as never
    await book.endSilence(found.id)
    return c.body(null, 204)
  })
}

async function told(c: C, { alerts, clock }: Centre, id: string): Promise<Response> {
  const found = await alerts.reader.read(id, clock.now())
  return found ? c.json(found, 200) : problem(c, 'not-found', { detail: 'no such alert' })
}

const notHere = (c: C, region: string | null): Response =>
  problem(c, 'forbidden', {
    detail: `this needs the role operator in ${region === null ? 'all regions' : `the region ${region}`}`,
  })

const utc = (text: string): string => new Date(text).toISOString()

const deliveryOf = (row: typeof alertDelivery.$inferSelect): z.infer<typeof AlertDelivery> => ({
  id: row.id,
  output: row.output,
  at: utc(row.at),
  state: row.state as z.infer<typeof AlertDelivery>['state'],
  attempts: row.attempts,
  nextAt: row.nextAt && utc(row.nextAt),
  error: row.error,
})

const Place = z.strictObject({ at: Timestamp, id: z.string().max(64) })

function placeOf(cursor: string): z.infer<typeof Place> | null {
  try {
    return Place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    return null
  }
}
