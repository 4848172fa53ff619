import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { body, json } from '../../shared/contract/route-parts.ts'
import { NodeId, Sku, SourceId } from '../../shared/domain/ids.ts'
import { Item, Mapping, Node, SourceInput } from '../../shared/domain/master-data.ts'
import { ImportAnswer, type ImportKind } from '../../shared/contract/import-rows.ts'
import {
  itemFaults,
  itemWarnings,
  type KnownItems,
  type KnownRecords,
  mappingFaults,
  mappingWarnings,
  type MasterFault,
  nodeWarnings,
  sourceWarnings,
  tidyItem,
} from '../../shared/domain/master-check.ts'
import { FieldError, fieldErrors } from '../../shared/contract/problem.ts'
import { problem } from '../../shared/node/http.ts'
import type { RegionHub } from '../region-hub.ts'
import type { RegionApp } from './region-app.ts'
import { judgeRows } from './import-rows.ts'
import { readRows, ROW_TYPES } from './read-rows.ts'
import { type MasterType, publishMaster } from './publish-master.ts'
import { Flag, problems } from './route.ts'

/** What is published, folded and on the disk before the next rows are: other requests get their turn in between. */
const ROWS_AT_ONCE = 1_000

type Kind = {
  readonly plural: ImportKind
  /** The name of the key field, in the path and in a batch's rows. */
  readonly key: string
  readonly keySchema: z.ZodType<string>
  readonly schema: z.ZodObject
  readonly type: MasterType
  readonly find: (hub: RegionHub, key: string) => unknown
  /** What contradicts itself, or what is known. */
  readonly faults?: (key: string, data: never, known: KnownItems) => MasterFault[]
  /** What is odd, and taken as it is. */
  readonly warnings?: (data: never, known: KnownRecords) => MasterFault[]
  readonly tidy?: (data: never) => object
  /** Takes out what must not become a fact, and keeps it elsewhere. */
  readonly keepApart?: (
    hub: RegionHub,
    key: string,
    data: Record<string, unknown>,
  ) => Promise<Record<string, unknown>>
}

const KINDS: readonly Kind[] = [
  {
    plural: 'items',
    key: 'sku',
    keySchema: Sku,
    schema: Item,
    type: 'plimsoll.item.upserted',
    find: (hub, key) => hub.writer.ledger.books.master.item(key),
    faults: itemFaults,
    warnings: itemWarnings,
    tidy: tidyItem,
  },
  {
    plural: 'nodes',
    key: 'node',
    keySchema: NodeId,
    schema: Node,
    type: 'plimsoll.node.upserted',
    find: (hub, key) => hub.writer.ledger.books.master.node(key),
    warnings: nodeWarnings,
  },
  {
    plural: 'sources',
    key: 'source',
    keySchema: SourceId,
    schema: SourceInput,
    type: 'plimsoll.source.upserted',
    find: findSource,
    warnings: sourceWarnings,
    keepApart: keepSecret,
  },
  {
    plural: 'mappings',
    key: 'source',
    keySchema: SourceId,
    schema: Mapping,
    type: 'plimsoll.mapping.upserted',
    find: (hub, key) => hub.writer.ledger.books.master.mapping(key),
    faults: (_, data) => mappingFaults(data),
    warnings: mappingWarnings,
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
    request: {
      params: z.object({ [kind.key]: kind.keySchema }),
      body: body(kind.schema.extend(Warned)),
    },
    responses: { 200: json(kind.schema.extend(Warned), 'As it stands now'), ...problems(400, 422) },
  })
  app.openapi(route, async (c) => {
    const subject = (c.req.valid('param') as Record<string, string>)[kind.key]!
    // What was read may be put back as it is: the remarks on it are no part of it.
    const { warnings: _, ...given } = c.req.valid('json') as Record<string, unknown>
    const faults = kind.faults?.(subject, given as never, hub.items) ?? []
    if (faults.length > 0) return problem(c, 'invalid', { errors: faults }) as never
    const tidy = (kind.tidy?.(given as never) ?? given) as Record<string, unknown>
    const data = (await kind.keepApart?.(hub, subject, tidy)) ?? tidy
    await publishMaster(hub, [{ type: kind.type, subject, data }], c.get('correlationId'))
    return c.json(standing(hub, kind, subject)!, 200)
  })
}

function addGet(app: RegionApp, hub: RegionHub, kind: Kind): void {
  const route = createRoute({
    method: 'get',
    path: `/v1/${kind.plural}/{${kind.key}}`,
    summary: `One of ${kind.plural}.`,
    request: { params: z.object({ [kind.key]: kind.keySchema }) },
    responses: { 200: json(kind.schema.extend(Warned), 'As it stands'), ...problems(400, 404) },
  })
  app.openapi(route, (c) => {
    const key = (c.req.valid('param') as Record<string, string>)[kind.key]!
    const found = standing(hub, kind, key)
    return (
      found === undefined
        ? problem(c, 'not-found', { detail: `${kind.plural} has no ${key}` })
        : c.json(found)
    ) as never
  })
}

const Warned = { warnings: z.array(FieldError).optional() }

/** A map of ten thousand codes may be odd ten thousand times; a reader needs the first few. */
const WARNINGS_MAX = 20

/** As it stands, with what is odd about it. */
function standing(hub: RegionHub, kind: Kind, key: string): Record<string, unknown> | undefined {
  const found = kind.find(hub, key) as Record<string, unknown> | undefined
  const { master } = hub.writer.ledger.books
  const warnings = found === undefined ? [] : (kind.warnings?.(found as never, master) ?? [])
  return warnings.length === 0 ? found : { ...found, warnings: warnings.slice(0, WARNINGS_MAX) }
}

/** Rows stand alone: the good ones count, the bad ones are named with their row and field. */
function addBatch(app: RegionApp, hub: RegionHub, kind: Kind): void {
  const Row = kind.schema.extend({ [kind.key]: kind.keySchema })
  const Query = z.strictObject({ dryRun: Flag })
  const path = `/v1/${kind.plural}:batch`
  app.openAPIRegistry.registerPath({
    method: 'post',
    path,
    summary: `Puts many ${kind.plural}: JSON, an array of bodies each with its ${kind.key} or a line each, or CSV. \`dryRun=true\` changes nothing.`,
    request: {
      query: Query,
      body: {
        required: true,
        content: {
          'application/json': { schema: z.array(Row) },
          'application/x-ndjson': { schema: z.string() },
          'text/csv': { schema: z.string() },
        },
      },
    },
    responses: {
      200: json(ImportAnswer, 'How many count, and what is wrong with the rest'),
      ...problems(400, 413, 415, 422),
    },
  })
  app.post(path, async (c) => {
    const query = Query.safeParse(c.req.query())
    if (!query.success) return problem(c, 'malformed', { errors: fieldErrors(query.error) })
    const contentType = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
    const type = ROW_TYPES.find((it) => it === contentType)
    if (type === undefined)
      return problem(c, 'unsupported-media-type', { detail: `send ${ROW_TYPES.join(', ')}` })
    const rows = await readRows(kind.plural, type, new Uint8Array(await c.req.arrayBuffer()))
    if (!rows.ok) return problem(c, rows.error.code, { detail: rows.error.detail })
    const judged = await judgeRows(
      hub,
      kind,
      Row,
      rows.value,
      kind.plural === 'mappings' && type === 'text/csv',
    )
    const dryRun = query.data.dryRun === true
    if (!dryRun) await putRows(hub, kind, judged.changes, c.get('correlationId'))
    const { errors, warnings, refused } = judged
    return c.json({
      accepted: rows.value.length - refused,
      refused,
      dryRun,
      errors: errors.inOrder(),
      errorsTotal: errors.total,
      warnings: warnings.inOrder(),
      warningsTotal: warnings.total,
    })
  })
}

async function putRows(
  hub: RegionHub,
  kind: Kind,
  changes: readonly { readonly subject: string; readonly data: Record<string, unknown> }[],
  correlationId: string,
): Promise<void> {
  const arrived =
    kind.plural === 'items' ? changes.map(({ subject, data }) => hub.items.begin(subject, data as Item)) : []
  try {
    for (let at = 0; at < changes.length; at += ROWS_AT_ONCE) {
      const some = await Promise.all(
        changes.slice(at, at + ROWS_AT_ONCE).map(async ({ subject, data }) => ({
          type: kind.type,
          subject,
          data: (await kind.keepApart?.(hub, subject, data)) ?? data,
        })),
      )
      await publishMaster(hub, some, correlationId)
    }
  } finally {
    for (const end of arrived) end()
  }
}

const SECRET_MASK = '*'.repeat(20)

/** A source as put; of its secret only that there is one. */
function findSource(hub: RegionHub, key: string): unknown {
  const source = hub.writer.ledger.books.master.source(key)
  return source && { ...source, ...(hub.secrets.of(key) === undefined ? {} : { secret: SECRET_MASK }) }
}

async function keepSecret(
  hub: RegionHub,
  key: string,
  data: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { secret, ...rest } = data
  // A source that was read and is put back keeps the secret that nobody can read.
  if (typeof secret === 'string' && secret !== SECRET_MASK) await hub.secrets.put(key, secret)
  return rest
}
