import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { json } from '../../shared/contract/route-parts.ts'
import { Timestamp } from '../../shared/contract/envelope.ts'
import { JournalMessages, JournalPage } from '../../shared/contract/journal-api.ts'
import { OrderRef, Sku } from '../../shared/domain/ids.ts'
import { formatInstant, parseInstant } from '../../shared/kernel/clock.ts'
import type { Journal } from '../ledger/journal.ts'
import { factsIn } from '../ledger/journal-body.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { problems } from './route.ts'

const Question = z.strictObject({
  sku: Sku.optional(),
  orderRef: OrderRef.optional(),
  correlationId: z.string().min(1).max(256).optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  cursor: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

const readJournal = createRoute({
  method: 'get',
  path: '/v1/journal',
  summary:
    'What the ledger took in, newest first, with what it did. Follow the cursor: a page may be empty and not the last.',
  request: { query: Question },
  responses: {
    200: json(JournalPage, 'A page'),
    ...problems(400, 503),
  },
})

const Check = z.object({
  state: z.enum(['looking', 'intact', 'altered']),
  checkedTo: z.number().int(),
  lastEntry: z.number().int(),
  altered: z.number().int().nullable(),
  startedAt: Timestamp,
  finishedAt: Timestamp.nullable(),
})
const readCheck = createRoute({
  method: 'get',
  path: '/v1/journal/check',
  summary: 'Whether every entry of the journal is what was written: how far that is known, and what is not.',
  responses: { 200: json(Check, 'As far as it has been looked'), ...problems() },
})
const check = createRoute({
  method: 'post',
  path: '/v1/journal:check',
  summary: 'Looks through the whole journal now. Follow it with GET /v1/journal/check.',
  responses: { 202: json(Check, 'It has begun'), ...problems() },
})

/** A page: some megabytes. */
const FACTS_OF_PAGE = 5_000

const readMessages = createRoute({
  method: 'get',
  path: '/v1/journal/messages',
  summary: 'Messages of a stream between two of its sequences, whole. For the centre, where its rows differ.',
  request: {
    query: z.strictObject({
      stream: z.enum(['FACTS', 'DECISIONS']),
      after: z.coerce.number().int().min(0),
      to: z.coerce.number().int().min(0),
      cursor: z.coerce.number().int().min(0).default(0),
    }),
  },
  responses: { 200: json(JournalMessages, 'A page; follow the cursor'), ...problems(400) },
})

function messagesPage(
  journal: Journal,
  { stream, after, to, cursor }: { stream: string; after: number; to: number; cursor: number },
): JournalMessages {
  const messages: JournalMessages['messages'] = []
  const upTo = journal.cursor(stream)?.sequence ?? 0
  let count = 0
  for (const { entry, sequence, body } of journal.messagesOf(stream, after, cursor)) {
    if (sequence > to) continue
    const facts = factsIn(body)
    messages.push({ sequence, facts })
    count += facts.length
    if (count >= FACTS_OF_PAGE) return { messages, cursor: String(entry), upTo }
  }
  return { messages, cursor: null, upTo }
}

export function addJournal(app: RegionApp, hub: RegionHub): void {
  const checked = (): z.infer<typeof Check> => {
    const { startedAt, finishedAt, ...rest } = hub.journalWatch.check
    return {
      ...rest,
      startedAt: formatInstant(startedAt),
      finishedAt: finishedAt === null ? null : formatInstant(finishedAt),
    }
  }
  app.openapi(readCheck, (c) => c.json(checked(), 200))
  app.openapi(check, (c) => {
    hub.journalWatch.hurry()
    return c.json(checked(), 202)
  })
  app.openapi(readMessages, (c) => c.json(messagesPage(hub.writer.journal, c.req.valid('query')), 200))
  app.openapi(readJournal, async (c) => {
    const { from, to, cursor: before, ...rest } = c.req.valid('query')
    const instant = (text: string | undefined): number | undefined =>
      text === undefined ? undefined : parseInstant(text)!
    const { lines, cursor } = await hub.search.find({ ...rest, before, from: instant(from), to: instant(to) })
    const entries = lines.map((line) => ({
      ...line,
      effects: [...line.effects],
      recordedAt: formatInstant(line.recordedAt),
    }))
    return c.json({ entries, cursor: cursor === null ? null : String(cursor) }, 200)
  })
}
