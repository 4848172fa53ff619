import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { AuditEntry, AuditHash, AuditVerdict } from '../../shared/contract/access-api.ts'
import type { Access } from '../access/access.ts'
import type { CentreApp } from './centre-app.ts'

const Sequence = z.coerce.number().int().min(1)

const Query = z.strictObject({
  actor: z.string().max(256).optional(),
  subject: z.string().max(512).optional().describe('a part of it'),
  cursor: Sequence.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
const readAudit = createRoute({
  method: 'get',
  path: '/v1/audit',
  summary: 'Who did what, latest first.',
  request: { query: Query },
  responses: {
    200: {
      description: 'A page',
      content: {
        'application/json': {
          schema: z.object({ entries: z.array(AuditEntry), cursor: z.string().nullable() }),
        },
      },
    },
  },
})

const verifyAudit = createRoute({
  method: 'get',
  path: '/v1/audit/verification',
  summary:
    'Goes through the whole chain and names what was changed or removed. `sequence` and `hash` are a head that was noted elsewhere.',
  request: {
    query: z
      .strictObject({ sequence: Sequence.optional(), hash: AuditHash.optional() })
      .refine(({ sequence, hash }) => (sequence === undefined) === (hash === undefined), {
        path: ['hash'],
        message: 'a head is a sequence and its hash',
      }),
  },
  responses: {
    200: {
      description: 'What was found',
      content: {
        'application/json': {
          schema: AuditVerdict,
        },
      },
    },
  },
})

export function addAudit(app: CentreApp, access: Access): void {
  app.openapi(readAudit, async (c) => {
    const { cursor, actor, subject, limit } = c.req.valid('query')
    const rows = await access.audit.page({
      limit,
      before: cursor,
      actor,
      subject,
    })
    const entries = rows.map(({ previous: _previous, detail, ...row }) => ({
      ...row,
      detail: JSON.parse(detail) as Record<string, unknown>,
    }))
    return c.json({ entries, cursor: rows.length === limit ? String(rows[limit - 1]!.sequence) : null }, 200)
  })
  app.openapi(verifyAudit, async (c) => {
    const { sequence, hash } = c.req.valid('query')
    const noted = sequence === undefined || hash === undefined ? null : { sequence, hash }
    const verdict = await access.audit.verify(noted)
    return c.json({ ...verdict, faults: [...verdict.faults] }, 200)
  })
}
