import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import * as z from 'zod'
import {
  DecidePolicy,
  GovernedKind,
  GovernedPolicy,
  GovernedState,
  PolicyAnswer,
  PolicyTarget,
  ProposePolicy,
  RegionPreview,
  RegionRun,
  RejectPolicy,
  RollBackPolicy,
  TryPolicy,
} from '../../shared/contract/governed-policy-api.ts'
import { body, json } from '../../shared/contract/route-parts.ts'
import { PolicyScope, tidyScope } from '../../shared/domain/policy-scope.ts'
import type { Result } from '../../shared/kernel/result.ts'
import { problem } from '../../shared/node/http.ts'
import { maySomewhere } from '../access/role.ts'
import type { Centre } from '../centre.ts'
import { diffOf } from '../policies/diff-of.ts'
import type { PolicyRow } from '../policies/policy-book.ts'
import type { PolicyRefusal } from '../policies/policy-desk.ts'
import { TooManyPolicies } from '../policies/policy-desk.ts'
import { regionRuns } from '../policies/region-runs.ts'
import type { CentreApp, CentreVariables } from './centre-app.ts'

const PAGE_MAX = 1000
const Limit = z.coerce.number().int().min(1).max(PAGE_MAX).default(200)
const Id = z.object({ id: z.string().min(1).max(64) })
const Previews = z.object({ regions: z.array(RegionPreview) })

/** `cursor` is the last one's place, as it was told. */
const Cursor = z
  .string()
  .max(400)
  .transform((text, context) => {
    const parsed = Place.safeParse(readJson(Buffer.from(text, 'base64url').toString()))
    if (parsed.success) return parsed.data
    context.addIssue({ code: 'custom', message: 'is none of ours' })
    return z.NEVER
  })
const Place = z.tuple([z.string(), z.string(), z.string(), z.number().int()])

const listPolicies = createRoute({
  method: 'get',
  path: '/v1/policies',
  summary: 'Policies of the centre, by region, kind and scope: those in force and those proposed.',
  request: {
    query: z.strictObject({
      region: PolicyTarget.optional(),
      kind: GovernedKind.optional(),
      state: GovernedState.optional(),
      cursor: Cursor.optional(),
      limit: Limit,
    }),
  },
  responses: {
    200: json(z.object({ policies: z.array(GovernedPolicy), cursor: z.string().nullable() }), 'A page'),
  },
})
const readRuns = createRoute({
  method: 'get',
  path: '/v1/policies/regions',
  summary: 'Which policies each region should run, and which it does.',
  responses: { 200: json(z.object({ regions: z.array(RegionRun) }), 'As they said last') },
})
const readHistory = createRoute({
  method: 'get',
  path: '/v1/policies/history',
  summary: 'Every version of one policy, latest first.',
  request: {
    query: z.strictObject({
      region: PolicyTarget,
      kind: GovernedKind,
      scope: PolicyScope,
      cursor: z.coerce.number().int().min(1).optional(),
      limit: Limit,
    }),
  },
  responses: {
    200: json(z.object({ versions: z.array(GovernedPolicy), cursor: z.string().nullable() }), 'A page'),
  },
})
const readPolicy = createRoute({
  method: 'get',
  path: '/v1/policies/{id}',
  summary: 'One version, beside what is in force, with the difference.',
  request: { params: Id },
  responses: { 200: json(PolicyAnswer, 'Found') },
})
const proposePolicy = createRoute({
  method: 'post',
  path: '/v1/policies',
  summary: 'Proposes the next version of a policy.',
  request: { body: body(ProposePolicy) },
  responses: { 201: json(PolicyAnswer, 'Proposed') },
})
const activatePolicy = createRoute({
  method: 'post',
  path: '/v1/policies/{id}/activate',
  summary: 'Puts a proposal into force; where its kind needs it, by somebody else than its author.',
  request: { params: Id, body: body(DecidePolicy) },
  responses: { 200: json(GovernedPolicy, 'In force') },
})
const rejectPolicy = createRoute({
  method: 'post',
  path: '/v1/policies/{id}/reject',
  summary: 'Ends a proposal. Its author may take it back.',
  request: { params: Id, body: body(RejectPolicy) },
  responses: { 200: json(GovernedPolicy, 'Rejected') },
})
const rollBackPolicy = createRoute({
  method: 'post',
  path: '/v1/policies:rollback',
  summary: 'Puts an earlier version into force again, as the next one, at once.',
  request: { body: body(RollBackPolicy) },
  responses: { 200: json(GovernedPolicy, 'In force') },
})
const previewProposal = createRoute({
  method: 'post',
  path: '/v1/policies/{id}/preview',
  summary: 'What would change for which skus, computed by the regions on their ledgers. Nothing is changed.',
  request: { params: Id },
  responses: { 200: json(Previews, 'By region') },
})
const previewRule = createRoute({
  method: 'post',
  path: '/v1/policies:preview',
  summary: 'The same for a rule that is not proposed yet.',
  request: { body: body(TryPolicy) },
  responses: { 200: json(Previews, 'By region') },
})

/** Policies: read, tried, proposed, agreed to, taken back. */
export function addPolicies(app: CentreApp, centre: Centre): void {
  const { book, desk, preview } = centre.policies
  app.openapi(listPolicies, async (c) => {
    const { region, kind, state, cursor, limit } = c.req.valid('query')
    const states = state === undefined ? (['active', 'proposed'] as const) : ([state] as const)
    const policies = await book.list({ region, kind, states, after: cursor ?? null, limit })
    const last = policies.length === limit ? policies[limit - 1]! : null
    return c.json({ policies, cursor: last && placeOf(last) }, 200)
  })
  app.openapi(readRuns, async (c) =>
    c.json({ regions: await regionRuns(centre.db, book, centre.regions) }, 200),
  )
  app.openapi(readHistory, async (c) => {
    const { cursor = Number.MAX_SAFE_INTEGER, limit, scope, ...name } = c.req.valid('query')
    const before = Math.min(cursor, 2_147_483_647)
    const versions = await book.history({ ...name, scope: tidyScope(scope) }, before, limit)
    const next = versions.length === limit ? String(versions[limit - 1]!.version) : null
    return c.json({ versions, cursor: next }, 200)
  })
  app.openapi(readPolicy, async (c) => {
    const row = await book.find(c.req.valid('param').id)
    return (row ? c.json(await answerOf(centre, row), 200) : problem(c, 'not-found')) as never
  })
  app.openapi(proposePolicy, async (c) => {
    const proposed = await desk.propose(c.req.valid('json'), c.get('person'))
    if (!proposed.ok) return refused(c, proposed.error) as never
    return c.json(await answerOf(centre, (await book.find(proposed.value.id))!), 201)
  })
  app.openapi(activatePolicy, (c) =>
    decided(c, () => desk.activate(c.req.valid('param').id, c.get('person'), c.req.valid('json').reason)),
  )
  app.openapi(rejectPolicy, (c) =>
    decided(c, () => desk.reject(c.req.valid('param').id, c.get('person'), c.req.valid('json').reason)),
  )
  app.openapi(rollBackPolicy, (c) => decided(c, () => desk.rollBack(c.req.valid('json'), c.get('person'))))
  app.openapi(previewProposal, async (c) => {
    if (!maySomewhere(c.get('person'), 'operator')) return mayNotTry(c) as never
    const row = await book.find(c.req.valid('param').id)
    if (!row) return problem(c, 'not-found') as never
    const asked = { ...book.view(row), reason: row.reason }
    const tried = await preview.of(asked, c.get('person'))
    return (tried.ok ? c.json({ regions: tried.value }, 200) : refused(c, tried.error)) as never
  })
  app.openapi(previewRule, async (c) => {
    if (!maySomewhere(c.get('person'), 'operator')) return mayNotTry(c) as never
    const tried = await preview.of(c.req.valid('json'), c.get('person'))
    return (tried.ok ? c.json({ regions: tried.value }, 200) : refused(c, tried.error)) as never
  })
}

type C = Context<{ Variables: CentreVariables }>

async function answerOf(
  { policies: { book } }: Centre,
  row: PolicyRow,
): Promise<z.infer<typeof PolicyAnswer>> {
  const active = await book.active(row)
  return {
    policy: book.view(row),
    inForce: active && book.view(active),
    diff: diffOf(active?.body ?? {}, row.body),
  }
}

async function decided(c: C, work: () => Promise<Result<GovernedPolicy, PolicyRefusal>>): Promise<never> {
  try {
    const done = await work()
    return (done.ok ? c.json(done.value, 200) : refused(c, done.error)) as never
  } catch (error) {
    if (error instanceof TooManyPolicies) return problem(c, 'too-large', { detail: error.message }) as never
    throw error
  }
}

function refused(c: C, refusal: PolicyRefusal): Response {
  switch (refusal.code) {
    case 'invalid':
      return problem(c, 'invalid', { errors: refusal.errors })
    case 'version-conflict':
      return problem(c, 'version-conflict', {
        detail: `version ${refusal.inForce} is in force by now: look at it, and propose again`,
        inForce: refusal.inForce,
      })
    case 'not-found':
      return problem(c, 'not-found')
    default:
      return problem(c, refusal.code, { detail: refusal.detail })
  }
}

const mayNotTry = (c: C): Response => problem(c, 'forbidden', { detail: 'this needs the role operator' })

const placeOf = ({ region, kind, scope, version }: GovernedPolicy): string =>
  Buffer.from(JSON.stringify([region, kind, scope, version])).toString('base64url')

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
