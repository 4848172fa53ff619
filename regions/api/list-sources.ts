import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { SourceCondition, SourceWord } from '../../shared/contract/reports.ts'
import { Timestamp } from '../../shared/contract/envelope.ts'
import { NodeId } from '../../shared/domain/ids.ts'
import { FallbackAction } from '../../shared/domain/fallback.ts'
import { nodeWords, sourceWords } from '../ops/source-words.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { json, problems } from './route.ts'

const Source = SourceWord.extend({
  /** The nodes whose stock it keeps: since when nothing was heard of each, and what is done about it. */
  nodes: z.array(
    z.object({
      node: NodeId,
      condition: SourceCondition,
      heardAt: Timestamp,
      action: FallbackAction,
    }),
  ),
})

const listSources = createRoute({
  method: 'get',
  path: '/v1/sources',
  summary:
    'Every source: how far it has spoken (from where to resend after a loss), what is missing of its own counter, and of which nodes it is late or down.',
  responses: { 200: json(z.object({ sources: z.array(Source) }), 'The sources'), ...problems() },
})

export function addSources(app: RegionApp, hub: RegionHub): void {
  app.openapi(listSources, (c) => {
    const { books } = hub.writer.ledger
    const nodesOf = nodeWords(books, hub.clock.now())
    const sources = sourceWords(books, nodesOf).map((it) => ({ ...it, nodes: nodesOf.get(it.source) ?? [] }))
    return c.json({ sources }, 200)
  })
}
