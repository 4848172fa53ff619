import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { Grants, Token, ToldToken } from '../../shared/contract/access-api.ts'
import { json } from '../../shared/contract/route-parts.ts'
import { parseInstant } from '../../shared/kernel/clock.ts'
import { problem } from '../../shared/node/http.ts'
import type { Access } from '../access/access.ts'
import type { TokenView } from '../access/tokens.ts'
import type { CentreApp } from './centre-app.ts'

const DAY_MS = 86_400_000
const DAYS_MAX = 366
const DAYS = 90
/** Who uses a token is changed within so long. */
const OVERLAP_SECONDS = 3_600
const OVERLAP_SECONDS_MAX = 7 * 86_400

const Id = z.object({ id: z.string().regex(/^[0-9a-f]{12}$/, 'a token’s id has 12 hexadecimal digits') })

const listTokens = createRoute({
  method: 'get',
  path: '/v1/tokens',
  summary: 'Local tokens, without themselves.',
  responses: { 200: json(z.object({ tokens: z.array(Token) }), 'All of them, newest first') },
})
const createToken = createRoute({
  method: 'post',
  path: '/v1/tokens',
  summary: 'A token for a person or a script. It is told once.',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            /** Whose it is: who acts by two tokens of one name is one person. */
            name: z
              .string()
              .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'a name is 1-64 letters, digits, . _ @ or -'),
            grants: Grants,
            expiresInDays: z.number().int().min(1).max(DAYS_MAX).default(DAYS),
          }),
        },
      },
    },
  },
  responses: { 201: json(ToldToken, 'Made') },
})
const rotateToken = createRoute({
  method: 'post',
  path: '/v1/tokens/{id}/rotate',
  summary: 'The next token of the same name and roles; this one goes on for `overlapSeconds`.',
  request: {
    params: Id,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            overlapSeconds: z.number().int().min(0).max(OVERLAP_SECONDS_MAX).default(OVERLAP_SECONDS),
          }),
        },
      },
    },
  },
  responses: { 201: json(ToldToken, 'Made') },
})
const revokeToken = createRoute({
  method: 'delete',
  path: '/v1/tokens/{id}',
  summary: 'Ends a token, and the sessions that were opened with it, at once.',
  request: { params: Id },
  responses: { 200: json(Token, 'Revoked') },
})

export function addTokens(app: CentreApp, access: Access): void {
  const now = (): number => access.clock.now()
  app.openapi(listTokens, async (c) => c.json({ tokens: (await access.tokens.list()).map(shown) }, 200))
  app.openapi(createToken, async (c) => {
    const { name, grants, expiresInDays } = c.req.valid('json')
    const asked = { name, grants, expiresAt: now() + expiresInDays * DAY_MS }
    const made = await access.tokens.create(asked, c.get('person').id, now())
    return c.json({ ...shown(made), token: made.token }, 201)
  })
  app.openapi(rotateToken, async (c) => {
    const old = await access.tokens.find(c.req.valid('param').id)
    if (!old) return problem(c, 'not-found') as never
    const isOver = old.expiresAt !== null && parseInstant(old.expiresAt)! <= now()
    if (old.revokedAt !== null || isOver)
      return problem(c, 'wrong-state', { detail: 'it is over already: make a new one' }) as never
    const overlapMs = c.req.valid('json').overlapSeconds * 1000
    const made = await access.tokens.rotate(old, overlapMs, c.get('person').id, now())
    return c.json({ ...shown(made), token: made.token }, 201)
  })
  app.openapi(revokeToken, async (c) => {
    const revoked = await access.tokens.revoke(c.req.valid('param').id, now())
    return (revoked ? c.json(shown(revoked), 200) : problem(c, 'not-found')) as never
  })
}

const shown = ({ grants, ...token }: TokenView): Token => {
  const { token: _secret, ...view } = token as typeof token & { token?: string }
  return { ...view, grants: [...grants] as z.infer<typeof Grants> }
}
