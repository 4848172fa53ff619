import { createRoute } from '@hono/zod-openapi'
import { json } from '../../shared/contract/route-parts.ts'
import { SourcesAnswer } from '../../shared/contract/source-api.ts'
import { nodeWords, sourceWords } from '../ops/source-words.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { problems } from './route.ts'

const listSources = createRoute({
  method: 'get',
  path: '/v1/sources',
  summary:
    'Every source: how far it has spoken (from where to resend after a loss), what is missing of its own counter, and of which nodes it is late or down.',
  responses: { 200: json(SourcesAnswer, 'The sources'), ...problems() },
})

export function addSources(app: RegionApp, hub: RegionHub): void {
  app.openapi(listSources, (c) => {
    const { books } = hub.writer.ledger
    const nodesOf = nodeWords(books, hub.clock.now())
    const sources = sourceWords(books, nodesOf).map((it) => ({ ...it, nodes: nodesOf.get(it.source) ?? [] }))
    return c.json({ sources }, 200)
  })
}
