import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import * as z from 'zod'
import { Timestamp } from '../../shared/contract/envelope.ts'
import {
  ActOnVariance,
  CorrectVariance,
  DecideOnVariance,
  OwnVariance,
  RepairVariance,
  Variance,
  VarianceClass,
  VarianceKind,
  VarianceState,
  VarianceTrend,
  VarianceWithHistory,
} from '../../shared/contract/variance-api.ts'
import { NodeId, Region, Sku } from '../../shared/domain/ids.ts'
import type { Result } from '../../shared/kernel/result.ts'
import { problem } from '../../shared/node/http.ts'
import { Unavailable } from '../../shared/node/unavailable.ts'
import type { Role } from '../../shared/contract/access-api.ts'
import { PROBLEM_MEDIA_TYPE } from '../../shared/contract/problem.ts'
import { json, PROBLEM } from '../../shared/contract/route-parts.ts'
import { may } from '../access/role.ts'
import type { Centre } from '../centre.ts'
import type { DeskRefusal } from '../reconcile/variance-desk.ts'
import {
  readVariance,
  readVariances,
  type VarianceCursor,
  varianceRow,
  varianceTrend,
} from '../store/read-variances.ts'
import type { CentreApp, CentreVariables } from './centre-app.ts'

const Query = z.strictObject({
  region: Region.optional(),
  state: VarianceState.optional(),
  kind: VarianceKind.optional(),
  class: VarianceClass.optional(),
  source: z.string().max(256).optional(),
  sku: Sku.optional(),
  node: NodeId.optional(),
  owner: z.string().max(128).optional().describe('a person, or `none`'),
  valueMin: z.coerce.number().int().min(0).optional(),
  openedBefore: Timestamp.optional(),
  settled: z.enum(['true', 'false']).optional().describe('false: differences that may still be in flight'),
  sort: z.enum(['updated', 'oldest', 'value']).default('updated'),
  cursor: z.string().max(256).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
const TrendQuery = z.strictObject({
  region: Region.optional(),
  hours: z.coerce.number().int().min(1).max(720).default(24),
})
const Id = z.object({ id: z.string().min(1).max(200) })

const list = createRoute({
  method: 'get',
  path: '/v1/variances',
  summary:
    'Where two copies differ, or differed. What may still be in flight is left out unless it is asked for.',
  request: { query: Query as never },
  responses: {
    200: json(z.object({ variances: z.array(Variance), cursor: z.string().nullable() }), 'A page'),
    400: PROBLEM,
  },
})
const trend = createRoute({
  method: 'get',
  path: '/v1/variances/trend',
  summary: 'What was opened and closed in each of the last hours, by class.',
  request: { query: TrendQuery as never },
  responses: { 200: json(z.object({ trend: z.array(VarianceTrend) }), 'By hour'), 400: PROBLEM },
})
const read = createRoute({
  method: 'get',
  path: '/v1/variances/{id}',
  summary: 'One variance, with its evidence and its history.',
  request: { params: Id },
  responses: { 200: json(VarianceWithHistory, 'The variance'), 404: PROBLEM },
})
const step = <T extends z.ZodType>(name: string, schema: T, summary: string) =>
  createRoute({
    method: 'post',
    path: `/v1/variances/{id}/${name}`,
    summary,
    request: { params: Id, body: { required: true as const, content: { 'application/json': { schema } } } },
    responses: {
      200: json(VarianceWithHistory, 'As it is now'),
      400: PROBLEM,
      403: PROBLEM,
      404: PROBLEM,
      409: PROBLEM,
      422: PROBLEM,
      503: PROBLEM,
    },
  })
const accept = step(
  'accept',
  ActOnVariance,
  'Lets the difference be. It is opened again when it becomes another one.',
)
const own = step('own', OwnVariance, 'Says who looks after it; null gives it back.')
const correct = step(
  'correct',
  CorrectVariance,
  "Proposes to the region to move its ledger. Above the region's limit it waits for a second person.",
)
const repair = step(
  'repair',
  RepairVariance,
  'Has the region send to the edge again what differs there. It closes when both agree.',
)
const approve = step('approve', DecideOnVariance, 'A second person lets the proposed correction count.')
const reject = step('reject', DecideOnVariance, 'Ends the proposed correction without effect.')

type C = Context<{ Variables: CentreVariables }>

export function addVariances(app: CentreApp, centre: Centre): void {
  const { db, clock, variances: desk } = centre
  app.openapi(list, async (c) => {
    const { cursor, settled, ...filter } = c.req.valid('query') as z.infer<typeof Query>
    const from = cursor === undefined ? undefined : placeOf(cursor)
    if (from === null)
      return problem(c, 'malformed', { errors: [{ path: 'cursor', message: 'is not one of ours' }] }) as never
    const isSettled = settled === undefined ? undefined : settled === 'true'
    const page = await readVariances(db, { ...filter, settled: isSettled, cursor: from }, clock.now())
    return c.json({ variances: page.variances, cursor: page.next && cursorOf(page.next) }, 200)
  })
  app.openapi(trend, async (c) => {
    const query = c.req.valid('query') as z.infer<typeof TrendQuery>
    const person = c.get('person')
    // A sum over all regions would tell of those that one may not see, too.
    const regions =
      query.region !== undefined
        ? [query.region]
        : may(person, 'viewer', null)
          ? undefined
          : centre.regions.filter((region) => may(person, 'viewer', region))
    return c.json({ trend: await varianceTrend(db, { regions, hours: query.hours }, clock.now()) }, 200)
  })
  app.openapi(read, async (c) => (await told(c, centre, c.req.valid('param').id)) as never)

  type Work = (id: string, author: string) => Promise<Result<string, DeskRefusal>>
  const act = async (c: C, id: string, role: Role, work: Work): Promise<never> => {
    const person = c.get('person')
    const row = await varianceRow(db, id)
    if (row && !may(person, role, row.region))
      return problem(c, 'forbidden', {
        detail: `this needs the role ${role} in the region ${row.region}`,
      }) as never
    return (await answered(c, centre, () => work(id, person.id))) as never
  }
  app.openapi(accept, (c) => {
    const { reason } = c.req.valid('json')
    return act(c, c.req.valid('param').id, 'operator', (id, author) => desk.accept(id, { author, reason }))
  })
  app.openapi(own, (c) => {
    const { owner } = c.req.valid('json')
    return act(c, c.req.valid('param').id, 'operator', (id, author) => desk.own(id, { author, owner }))
  })
  app.openapi(correct, (c) => {
    const asked = c.req.valid('json')
    return act(c, c.req.valid('param').id, 'operator', (id, author) => desk.correct(id, { ...asked, author }))
  })
  app.openapi(repair, (c) =>
    act(c, c.req.valid('param').id, 'operator', (id, author) => desk.repair(id, { author })),
  )
  app.openapi(approve, (c) => {
    const by = c.req.valid('json')
    return act(c, c.req.valid('param').id, 'approver', (id, author) =>
      desk.decide(id, 'approve', { ...by, author }),
    )
  })
  app.openapi(reject, (c) => {
    const by = c.req.valid('json')
    return act(c, c.req.valid('param').id, 'operator', (id, author) =>
      desk.decide(id, 'reject', { ...by, author }),
    )
  })
}

async function told(c: C, { db, clock }: Centre, id: string): Promise<Response> {
  const found = await readVariance(db, id, clock.now())
  return found ? c.json(found, 200) : problem(c, 'not-found', { detail: 'no such variance' })
}

async function answered(
  c: C,
  centre: Centre,
  work: () => Promise<Result<string, DeskRefusal>>,
): Promise<Response> {
  try {
    const result = await work()
    if (result.ok) return await told(c, centre, result.value)
    const { error } = result
    if (error.code === 'not-found') return problem(c, 'not-found', { detail: 'no such variance' })
    if (error.code === 'wrong-state') return problem(c, 'wrong-state', { detail: error.detail })
    // What the region says of it is the answer, under our own path and correlation id.
    const { status, body } = error.answer
    const passed = { ...body, instance: c.req.path, correlationId: c.get('correlationId') }
    return c.body(JSON.stringify(passed), status as 400, { 'content-type': PROBLEM_MEDIA_TYPE })
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    c.header('retry-after', '1')
    return problem(c, 'region-unavailable', { detail: error.message })
  }
}

const Place = z.strictObject({ at: z.union([Timestamp, z.number()]), id: z.string().max(200) })

const cursorOf = (place: VarianceCursor): string => Buffer.from(JSON.stringify(place)).toString('base64url')

function placeOf(cursor: string): VarianceCursor | null {
  try {
    return Place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    return null
  }
}
