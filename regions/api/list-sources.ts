import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { SourceWord } from '../../shared/contract/reports.ts'
import { sourceWords } from '../ops/source-words.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { json, problems } from './route.ts'

const listSources = createRoute({
  method: 'get',
  path: '/v1/sources',
  summary: 'Every source, and how far it has spoken: from where to resend after a loss.',
  responses: { 200: json(z.object({ sources: z.array(SourceWord) }), 'The sources'), ...problems() },
})

export function addSources(app: RegionApp, hub: RegionHub): void {
  app.openapi(listSources, (c) => c.json({ sources: sourceWords(hub.writer.ledger.books) }, 200))
}
