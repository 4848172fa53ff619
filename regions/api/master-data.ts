import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { NodeId, Sku, SourceId } from '../../shared/domain/ids.ts'
import { Item, Mapping, Node, SourceInput } from '../../shared/domain/master-data.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import { problem } from '../../shared/node/http.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { type MasterType, publishMaster } from './publish-master.ts'
import { body, json, problems } from './route.ts'

const ROWS_MAX = 10_000

type Kind = {
  readonly plural: string
  /** The name of the key field, in the path and in a batch's rows. */
  readonly key: string
  readonly keySchema: z.ZodType<string>
  readonly schema: z.ZodObject
  readonly type: MasterType
  readonly find: (hub: RegionHub, key: string) => unknown
  /** Takes out what must not become a fact, and keeps it elsewhere. */
  readonly keepApart?: (hub: RegionHub, key: string, data: Record<string, unknown>) => Record<string, unknown>
}

const KINDS: readonly Kind[] = [
  {
    plural: 'items',
    key: 'sku',
    keySchema: Sku,
    schema: Item,
    type: 'plimsoll.item.upserted',
    find: (hub, key) => hub.writer.ledger.books.master.item(key),
  },
  {
    plural: 'nodes',
    key: 'node',
    keySchema: NodeId,
    schema: Node,
    type: 'plimsoll.node.upserted',
    find: (hub, key) => hub.writer.ledger.books.master.node(key),
  },
  {
    plural: 'sources',
    key: 'source',
    keySchema: SourceId,
    schema: SourceInput,
    type: 'plimsoll.source.upserted',
    find: findSource,
    keepApart: keepSecret,
  },
  {
    plural: 'mappings',
    key: 'source',
    keySchema: SourceId,
    schema: Mapping,
    type: 'plimsoll.mapping.upserted',
    find: (hub, key) => hub.writer.ledger.books.master.mapping(key),
  },
]

export function addMasterData(app: RegionApp, hub: RegionHub): void {
  for (const kind of KINDS) {
    addPut(app, hub, kind)
    addGet(app, hub, kind)
    addBatch(app, hub, kind)
  }
}

function addPut(app: RegionApp, hub: RegionHub, kind: Kind): void {
  const route = createRoute({
    method: 'put',
    path: `/v1/${kind.plural}/{${kind.key}}`,
    summary: `Puts one of ${kind.plural}. It is in force when this answers.`,
    request: { params: z.object({ [kind.key]: kind.keySchema }), body: body(kind.schema) },
    responses: { 200: json(kind.schema, 'As it stands now'), ...problems(400, 422) },
  })
  app.openapi(route, async (c) => {
    const subject = (c.req.valid('param') as Record<string, string>)[kind.key]!
    const given = c.req.valid('json')
    const data = kind.keepApart?.(hub, subject, given) ?? given
    await publishMaster(hub, [{ type: kind.type, subject, data }], c.get('correlationId'))
    return c.json(kind.find(hub, subject) as Record<string, unknown>, 200)
  })
}

function addGet(app: RegionApp, hub: RegionHub, kind: Kind): void {
  const route = createRoute({
    method: 'get',
    path: `/v1/${kind.plural}/{${kind.key}}`,
    summary: `One of ${kind.plural}.`,
    request: { params: z.object({ [kind.key]: kind.keySchema }) },
    responses: { 200: json(kind.schema, 'As it stands'), ...problems(400, 404) },
  })
  app.openapi(route, (c) => {
    const key = (c.req.valid('param') as Record<string, string>)[kind.key]!
    const found = kind.find(hub, key)
    return (
      found === undefined
        ? problem(c, 'not-found', { detail: `${kind.plural} has no ${key}` })
        : c.json(found)
    ) as never
  })
}

/** Rows stand alone: the good ones count, the bad ones are named with their row and field. */
function addBatch(app: RegionApp, hub: RegionHub, kind: Kind): void {
  const Row = kind.schema.extend({ [kind.key]: kind.keySchema })
  const Answer = z.object({
    accepted: z.number().int(),
    errors: z.array(z.object({ row: z.number().int(), path: z.string(), message: z.string() })),
  })
  const path = `/v1/${kind.plural}:batch`
  app.openAPIRegistry.registerPath({
    method: 'post',
    path,
    summary: `Puts many ${kind.plural}: an array of bodies, each with its ${kind.key}.`,
    request: { body: body(z.array(Row)) },
    responses: {
      200: json(Answer, 'How many count, and what is wrong with the rest'),
      ...problems(400, 413, 422),
    },
  })
  app.post(path, async (c) => {
    const rows = z
      .array(z.unknown())
      .max(ROWS_MAX)
      .safeParse(await c.req.json().catch(() => null))
    if (!rows.success) return problem(c, 'invalid', { detail: `send an array of at most ${ROWS_MAX} rows` })
    const errors: z.infer<typeof Answer>['errors'] = []
    const changes = rows.data.flatMap((given, row) => {
      const parsed = Row.safeParse(given)
      if (!parsed.success) errors.push(...fieldErrors(parsed.error).map((error) => ({ row, ...error })))
      if (!parsed.success) return []
      const { [kind.key]: subject, ...data } = parsed.data as Record<string, unknown>
      const fact = kind.keepApart?.(hub, subject as string, data) ?? data
      return [{ type: kind.type, subject: subject as string, data: fact }]
    })
    if (changes.length > 0) await publishMaster(hub, changes, c.get('correlationId'))
    return c.json({ accepted: changes.length, errors: errors.slice(0, 100) })
  })
}

/** A source as put; of its secret only that there is one. */
function findSource(hub: RegionHub, key: string): unknown {
  const source = hub.writer.ledger.books.master.source(key)
  return (
    source && { ...source, ...(hub.secrets.of(key) === undefined ? {} : { secret: '********************' }) }
  )
}

function keepSecret(hub: RegionHub, key: string, data: Record<string, unknown>): Record<string, unknown> {
  const { secret, ...rest } = data
  if (typeof secret === 'string') hub.secrets.put(key, secret)
  return rest
}
