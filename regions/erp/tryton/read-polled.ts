import * as z from 'zod'
import { referenceIn } from '../../connectors/tryton/page.ts'
import { dateTimeOf, Stamped, stampOf } from '../../connectors/tryton/values.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'
import { ErpFault } from '../../orders/erp.ts'
import type { TrytonClient } from './client.ts'
import type { PolledModel } from './polled-models.ts'
import type { Domain } from './records.ts'

/** A row as the ERP answered it, with what names this version of it. */
export type PolledRow = { readonly id: number; readonly version: string; readonly raw: unknown }

/** The ERP asks us to come later, or says no: neither is a row's fault, so that the poll ends here and is tried again. */
export class NotNow extends Error {
  override readonly name = 'NotNow'
  readonly retryAfterMs: number | null

  constructor(message: string, retryAfterMs: number | null) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** Some 200 kB of moves. */
const PAGE_ROWS = 200

/** Rows of a model whose last writing was at or after `since`, in the order of their ids, behind one of them. */
export async function readPage(
  client: TrytonClient,
  polled: PolledModel,
  since: Instant | null,
  afterId: number,
): Promise<{ readonly rows: readonly PolledRow[]; readonly isLast: boolean }> {
  const domain = [
    ...polled.domain,
    ['id', '>', afterId],
    ...(since === null ? [] : [writtenSince(polled, since)]),
  ]
  const fields = ['write_date', 'create_date', ...polled.fields]
  const rows = rowsOf(
    polled.model,
    await ask(client, `model.${polled.model}.search_read`, [domain, 0, PAGE_ROWS, [['id', 'ASC']], fields]),
  )
  const versioned = rows.map((raw) => ({ id: raw.id, version: versionOf(polled, raw), raw }))
  return { rows: versioned, isLast: rows.length < PAGE_ROWS }
}

/** The latest moment at which anything of a model was written, by the ERP's own clock. Null where there is nothing. */
export async function latestOf(client: TrytonClient, polled: PolledModel): Promise<Instant | null> {
  let latest: Instant | null = null
  for (const { model, path } of polled.stampedBy)
    for (const field of ['write_date', 'create_date']) {
      const domain = [...(path === '' ? polled.domain : []), [field, '!=', null]]
      const params = [domain, 0, 1, [[field, 'DESC']], ['write_date', 'create_date']]
      const [row] = rowsOf(model, await ask(client, `model.${model}.search_read`, params))
      const stamp = row ? stampOf(row) : null
      if (stamp !== null && (latest === null || stamp > latest)) latest = stamp
    }
  return latest
}

/** What rows speak of, so that a page can be understood by itself. */
export async function relatedTo(
  client: TrytonClient,
  polled: PolledModel,
  rows: readonly PolledRow[],
): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {}
  for (const { model, fields, named } of polled.related) {
    const ids = new Set<number>()
    for (const { in: where, field } of named)
      for (const row of where === 'rows' ? rows.map(({ raw }) => raw) : (found[where] ?? [])) {
        const id = idIn((row as Record<string, unknown>)[field], model)
        if (id !== null) ids.add(id)
      }
    if (ids.size > 0)
      found[model] = rowsOf(model, await ask(client, `model.${model}.read`, [[...ids], fields]), WithId)
  }
  return found
}

/** A reference names its model; a plain id is of the model that its field leads to. */
function idIn(value: unknown, model: string): number | null {
  if (typeof value === 'number') return value
  const reference = typeof value === 'string' ? referenceIn(value) : null
  return reference?.model === model ? reference.id : null
}

/** The ERP's field lists that differ by its modules. */
export async function hasField(client: TrytonClient, model: string, field: string): Promise<boolean> {
  const fields = z
    .record(z.string(), z.unknown())
    .safeParse(await ask(client, `model.${model}.fields_get`, [[]]))
  return fields.success && Object.hasOwn(fields.data, field)
}

/** A row that was never changed has a null for its write date, and counts from its creation. */
function writtenSince({ stampedBy }: PolledModel, since: Instant): Domain {
  const from = dateTimeOf(since)
  return [
    'OR',
    ...stampedBy.flatMap(({ path }) => [
      [[`${path}write_date`, '>=', from]],
      [
        [`${path}write_date`, '=', null],
        [`${path}create_date`, '>=', from],
      ],
    ]),
  ]
}

/** To the microsecond: two writings within one millisecond are two versions. */
function versionOf({ stampedBy }: PolledModel, raw: object): string {
  return stampedBy
    .map(({ path }) => {
      const at = path === '' ? raw : (raw as Record<string, unknown>)[path]
      const { write_date, create_date } = at as { write_date?: unknown; create_date?: unknown }
      return JSON.stringify(write_date ?? create_date)
    })
    .join()
}

async function ask(client: TrytonClient, method: string, params: readonly unknown[]): Promise<unknown> {
  const called = await client.call(method, params)
  if (called.ok) return called.value
  const { error } = called
  if (error.kind === 'busy') throw new NotNow(`the ERP answered ${error.status}`, error.retryAfterMs)
  throw new NotNow(`the ERP refuses ${method}: ${error.message}`, null)
}

const WithId = z.looseObject({ id: z.number().int() })
const StampedRow = z.looseObject(Stamped)

function rowsOf(model: string, value: unknown): z.infer<typeof StampedRow>[]
function rowsOf<T>(model: string, value: unknown, schema: z.ZodType<T>): T[]
function rowsOf(model: string, value: unknown, schema: z.ZodType = StampedRow): unknown[] {
  const rows = z.array(schema).safeParse(value)
  if (rows.success) return rows.data
  const [issue] = rows.error.issues
  throw new ErpFault('unreadable', `${model}: ${issue?.path.join('.')}: ${issue?.message}`)
}
