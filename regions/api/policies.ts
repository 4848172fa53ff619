import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { fieldErrors } from '../../shared/contract/problem.ts'
import {
  type Policy,
  PolicyBodies,
  PolicyKinds,
  type PolicyKind,
  SCOPE_PARTS,
} from '../../shared/domain/policy.ts'
import { partsOf, PolicyScope, tidyScope } from '../../shared/domain/policy-scope.ts'
import { problem } from '../../shared/node/http.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { publishMaster } from './publish-master.ts'
import { json, problems } from './route.ts'

const Params = z.object({ kind: z.enum(PolicyKinds as [PolicyKind, ...PolicyKind[]]), scope: PolicyScope })
const AnyBody = z.union(Object.values(PolicyBodies))

const putPolicy = createRoute({
  method: 'put',
  path: '/v1/policies/{kind}/{scope}',
  summary:
    'Activates a policy for a scope (`*`, `sku:X`, `node:N,tier:A` …); the most specific one that matches applies.',
  request: { params: Params, body: { required: true, content: { 'application/json': { schema: AnyBody } } } },
  responses: {
    200: json(z.object({ kind: z.string(), scope: z.string(), body: AnyBody }), 'In force'),
    ...problems(400, 422),
  },
})

export function addPolicies(app: RegionApp, hub: RegionHub): void {
  // Which schema the body has depends on the kind, so it is validated here.
  app.openAPIRegistry.registerPath(putPolicy)
  app.put('/v1/policies/:kind/:scope', async (c) => {
    const params = Params.safeParse(c.req.param())
    if (!params.success) return problem(c, 'malformed', { errors: fieldErrors(params.error) })
    const { kind } = params.data
    const scope = tidyScope(params.data.scope)
    const strange = partsOf(scope).find(([part]) => !SCOPE_PARTS[kind].includes(part))
    if (strange !== undefined) {
      return problem(c, 'invalid', {
        errors: [
          {
            path: 'scope',
            message: `${strange[0]}: a ${kind} policy is scoped by ${SCOPE_PARTS[kind].join(', ')} or *`,
          },
        ],
      })
    }
    const body = PolicyBodies[kind].safeParse(await c.req.json().catch(() => null))
    if (!body.success) return problem(c, 'invalid', { errors: fieldErrors(body.error) })
    const policy = { kind, scope, body: body.data } as Policy
    await publishMaster(
      hub,
      [{ type: 'plimsoll.policy.activated', subject: `${kind}/${scope}`, data: policy }],
      c.get('correlationId'),
    )
    return c.json(policy)
  })
  app.get('/v1/policies', (c) =>
    c.json({ policies: [...hub.writer.ledger.books.master.all('policy').values()].map(({ body }) => body) }),
  )
}
