import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import * as z from 'zod'
import { json } from '../../shared/contract/route-parts.ts'
import { Timestamp } from '../../shared/contract/envelope.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import {
  type Policy,
  PolicyBodies,
  PolicyKinds,
  type PolicyKind,
  scopeFault,
} from '../../shared/domain/policy.ts'
import { PolicyScope, tidyScope } from '../../shared/domain/policy-scope.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { problem, type Variables } from '../../shared/node/http.ts'
import { PolicyPreview, PreviewPolicies } from '../../shared/contract/policy-bundle.ts'
import { previewPolicies } from '../governance/preview-policies.ts'
import type { MasterRecord } from '../ledger/core/master-book.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { publishMaster } from './publish-master.ts'
import { problems } from './route.ts'

const Kind = z.enum(PolicyKinds as [PolicyKind, ...PolicyKind[]])
const Params = z.object({ kind: Kind, scope: PolicyScope })
const AnyBody = z.union(Object.values(PolicyBodies))

const InForce = z.object({
  kind: z.string(),
  scope: z.string(),
  version: z.number().int(),
  activatedAt: Timestamp,
  body: AnyBody,
})
const Activation = z.object({
  version: z.number().int(),
  activatedAt: Timestamp,
  inForce: z.boolean(),
  source: z.string(),
  correlationId: z.string().nullable(),
  body: AnyBody,
})

const putPolicy = createRoute({
  method: 'put',
  path: '/v1/policies/{kind}/{scope}',
  summary:
    'Activates a policy for a scope (`*`, `sku:X`, `node:N,tier:A` …) as its next version; the most specific scope that matches applies. A `version` in the body has to be the next one.',
  request: { params: Params, body: { required: true, content: { 'application/json': { schema: AnyBody } } } },
  responses: { 200: json(InForce, 'In force'), ...problems(400, 403, 409, 422) },
})
const preview = createRoute({
  method: 'post',
  path: '/v1/policies:preview',
  summary: 'What would change for which skus if these policies were in force. Nothing is changed.',
  request: { body: { required: true, content: { 'application/json': { schema: PreviewPolicies } } } },
  responses: { 200: json(PolicyPreview, 'On the ledger as it is'), ...problems(400, 422) },
})
const PAGE_MAX = 1000
const listPolicies = createRoute({
  method: 'get',
  path: '/v1/policies',
  summary: 'The policies in force, by kind and scope.',
  request: {
    query: z.strictObject({
      kind: Kind.optional(),
      scope: PolicyScope.optional(),
      cursor: z.string().max(400).optional(),
      limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_MAX),
    }),
  },
  responses: {
    200: json(z.object({ policies: z.array(InForce), cursor: z.string().nullable() }), 'A page'),
    ...problems(400),
  },
})
const readPolicy = createRoute({
  method: 'get',
  path: '/v1/policies/{kind}/{scope}',
  summary: 'The policy in force for exactly this scope.',
  request: { params: Params },
  responses: { 200: json(InForce, 'In force'), ...problems(400, 404) },
})
const readHistory = createRoute({
  method: 'get',
  path: '/v1/policies/{kind}/{scope}/history',
  summary: 'Every version of a policy, latest first: who activated it, when, why and with what.',
  request: {
    params: Params,
    query: z.strictObject({
      cursor: z.coerce.number().int().min(1).optional(),
      limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(100),
    }),
  },
  responses: {
    200: json(
      z.object({
        kind: z.string(),
        scope: z.string(),
        versions: z.array(Activation),
        cursor: z.string().nullable(),
      }),
      'A page',
    ),
    ...problems(400, 404),
  },
})

export function addPolicies(app: RegionApp, hub: RegionHub): void {
  // Which schema the body has depends on the kind, so it is validated here.
  app.openAPIRegistry.registerPath(putPolicy)
  app.put('/v1/policies/:kind/:scope', (c) => activate(c, hub))
  app.openapi(preview, async (c) => {
    const asked = c.req.valid('json')
    const errors = asked.policies.flatMap(({ kind, scope }, at) => {
      const message = scopeFault(kind, scope)
      return message === null ? [] : [{ path: `policies.${at}.scope`, message }]
    })
    if (errors.length > 0) return problem(c, 'invalid', { errors }) as never
    return c.json(await previewed(hub, asked), 200)
  })
  app.openapi(listPolicies, (c) => {
    const { kind, scope, cursor, limit } = c.req.valid('query')
    const wanted = scope === undefined ? undefined : tidyScope(scope)
    const found = [...policiesOf(hub).values()]
      .filter(({ body }) => kind === undefined || body.kind === kind)
      .filter(({ body }) => wanted === undefined || body.scope === wanted)
      .filter(({ subject }) => cursor === undefined || subject > cursor)
      .sort((a, b) => (a.subject < b.subject ? -1 : 1))
    const page = found.slice(0, limit)
    const last = found.length > limit ? page[page.length - 1]!.subject : null
    return c.json({ policies: page.map((it) => inForce(hub, it)), cursor: last }, 200)
  })
  app.openapi(readPolicy, (c) => {
    const { kind, scope } = c.req.valid('param')
    const found = policiesOf(hub).get(`${kind}/${tidyScope(scope)}`)
    return (found ? c.json(inForce(hub, found), 200) : noPolicy(c, kind, scope)) as never
  })
  app.openapi(readHistory, (c) => {
    const { kind, scope: asked } = c.req.valid('param')
    const { cursor = Number.MAX_SAFE_INTEGER, limit } = c.req.valid('query')
    const scope = tidyScope(asked)
    const versions = hub.writer.policies.of(kind, scope, cursor, limit)
    const standing = policiesOf(hub).get(`${kind}/${scope}`)
    if (versions.length === 0 && !standing) return noPolicy(c, kind, scope) as never
    const answer = versions.map(({ at, id, ...rest }) => ({
      ...rest,
      activatedAt: formatInstant(at),
      inForce: standing !== undefined && standing.rank[1] === rest.source && standing.rank[2] === id,
    }))
    const next = versions.length === limit ? String(versions[limit - 1]!.version) : null
    return c.json({ kind, scope, versions: answer, cursor: next }, 200)
  })
}

/** A scope that would never apply changes nothing, which is no answer to who asks what it would change. */
async function previewed(hub: RegionHub, asked: PreviewPolicies): Promise<PolicyPreview> {
  const { ledger } = hub.writer
  const policies = asked.policies.map((it) => ({ ...it, scope: tidyScope(it.scope) }) as Policy)
  return previewPolicies(
    ledger.books,
    () => hub.clock.now(),
    () => ledger.sequence,
    { ...asked, policies },
  )
}

type C = Context<{ Variables: Variables }>

async function activate(c: C, hub: RegionHub): Promise<Response> {
  const params = Params.safeParse(c.req.param())
  if (!params.success) return problem(c, 'malformed', { errors: fieldErrors(params.error) })
  const { kind } = params.data
  const scope = tidyScope(params.data.scope)
  const fault = scopeFault(kind, scope)
  if (fault !== null)
    return problem(c, 'invalid', { errors: [{ path: 'scope', message: fault, code: 'invalid-policy' }] })
  const given = await c.req.json().catch(() => undefined)
  if (given === undefined) return problem(c, 'malformed', { detail: 'the body is not JSON' })
  const body = PolicyBodies[kind].safeParse(given)
  if (!body.success) return problem(c, 'invalid', { errors: fieldErrors(body.error) })
  if (body.data.revision !== undefined)
    return problem(c, 'invalid', { errors: [{ path: 'revision', message: 'is the centre’s own count' }] })
  const forbidden = hub.leading?.centrePolicies.forbids(kind, scope) ?? null
  if (forbidden !== null) return problem(c, 'governed-by-centre', { detail: forbidden })
  const next = hub.versions.next(kind, scope)
  if (body.data.version !== undefined && body.data.version !== next) {
    const errors = [{ path: 'version', message: `the next version of ${kind}/${scope} is ${next}` }]
    return problem(c, 'version-conflict', { errors, nextVersion: next })
  }
  const version = hub.versions.take(kind, scope)
  const policy = { kind, scope, body: { ...body.data, version } } as Policy
  const subject = `${kind}/${scope}`
  try {
    const change = { type: 'plimsoll.policy.activated', subject, data: policy } as const
    const [activated] = await publishMaster(hub, [change], c.get('correlationId'))
    // What was activated, and not what stands by now: someone else may have been right behind.
    return c.json({ ...policy, version, activatedAt: activated!.time })
  } finally {
    hub.versions.settle(kind, scope, version)
  }
}

const policiesOf = (hub: RegionHub): ReadonlyMap<string, MasterRecord<'policy'>> =>
  hub.writer.ledger.books.master.all('policy')

const inForce = (hub: RegionHub, { body: { kind, scope, body }, rank }: MasterRecord<'policy'>) => ({
  kind,
  scope,
  version: body.version ?? hub.writer.policies.last(kind, scope),
  activatedAt: formatInstant(rank[0]),
  body,
})

const noPolicy = (c: C, kind: string, scope: string): Response =>
  problem(c, 'not-found', { detail: `no ${kind} policy was put for ${scope}` })
