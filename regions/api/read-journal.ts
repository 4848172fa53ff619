import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { Timestamp } from '../../shared/contract/envelope.ts'
import { OrderRef, Sku } from '../../shared/domain/ids.ts'
import { formatInstant, parseInstant } from '../../shared/kernel/clock.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { json, problems } from './route.ts'

const Question = z.strictObject({
  sku: Sku.optional(),
  orderRef: OrderRef.optional(),
  correlationId: z.string().min(1).max(256).optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  cursor: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

const Line = z.object({
  entry: z.number().int(),
  stream: z.string(),
  streamSequence: z.number().int(),
  recordedAt: Timestamp,
  status: z.enum(['accepted', 'duplicate', 'conflict']),
  version: z.number().int().nullable(),
  event: z.looseObject({ id: z.string(), source: z.string(), type: z.string() }),
  effect: z
    .object({
      node: z.string(),
      onHand: z.number().int(),
      damaged: z.number().int(),
      quarantined: z.number().int(),
    })
    .nullable(),
})

const readJournal = createRoute({
  method: 'get',
  path: '/v1/journal',
  summary:
    'What the ledger took in, newest first, with what it did. Follow the cursor: a page may be empty and not the last.',
  request: { query: Question },
  responses: {
    200: json(z.object({ entries: z.array(Line), cursor: z.string().nullable() }), 'A page'),
    ...problems(400),
  },
})

export function addJournal(app: RegionApp, hub: RegionHub): void {
  app.openapi(readJournal, (c) => {
    const { from, to, cursor: before, ...rest } = c.req.valid('query')
    const instant = (text: string | undefined): number | undefined =>
      text === undefined ? undefined : parseInstant(text)!
    const { lines, cursor } = hub.search.find({ ...rest, before, from: instant(from), to: instant(to) })
    const entries = lines.map((line) => ({ ...line, recordedAt: formatInstant(line.recordedAt) }))
    return c.json({ entries, cursor: cursor === null ? null : String(cursor) }, 200)
  })
}
