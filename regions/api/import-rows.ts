import { parse } from 'csv-parse/sync'
import * as z from 'zod'
import {
  type ImportKind,
  mappingOfCells,
  ROWS_MAX,
  type RowFault,
  rowOfCells,
} from '../../shared/contract/import-rows.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import type { Item, Mapping } from '../../shared/domain/master-data.ts'
import type { KnownItems, MasterFault } from '../../shared/domain/master-check.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { RegionHub } from '../region-hub.ts'

type Given = { readonly row: number; readonly value: unknown }
type RowsRefusal = { readonly code: 'malformed' | 'invalid' | 'too-large'; readonly detail: string }

/** A body of many rows, each with its place in it. */
export function readRows(kind: ImportKind, contentType: string, text: string): Result<Given[], RowsRefusal> {
  const rows = contentType === 'text/csv' ? csvRows(kind, text) : jsonRows(text)
  if (!rows.ok || rows.value.length <= ROWS_MAX) return rows
  return err({
    code: 'too-large',
    detail: `at most ${ROWS_MAX} rows at once; send the rest in another request`,
  })
}

function jsonRows(text: string): Result<Given[], RowsRefusal> {
  try {
    const parsed: unknown = JSON.parse(text)
    if (Array.isArray(parsed)) return ok(parsed.map((value: unknown, row) => ({ row, value })))
    return err({ code: 'invalid', detail: 'send an array of rows' })
  } catch (error) {
    return err({ code: 'malformed', detail: error instanceof Error ? error.message : 'not JSON' })
  }
}

type Line = { readonly record: Record<string, string>; readonly info: { readonly lines: number } }

function csvRows(kind: ImportKind, text: string): Result<Given[], RowsRefusal> {
  try {
    const lines = parse(text, {
      columns: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
      delimiter: [',', '\t'],
      info: true,
      max_record_size: 1_000_000,
    }) as unknown as Line[]
    const ofCells = kind === 'mappings' ? mappingOfCells : (cells: Line['record']) => rowOfCells(kind, cells)
    return ok(lines.map(({ record, info }) => ({ row: info.lines, value: ofCells(record) })))
  } catch (error) {
    return err({ code: 'malformed', detail: error instanceof Error ? error.message : 'not CSV' })
  }
}

type Change = { readonly subject: string; readonly data: Record<string, unknown> }
export type JudgedRows = {
  readonly changes: Change[]
  readonly errors: RowFault[]
  readonly warnings: RowFault[]
  readonly refused: number
}

type RowKind = {
  readonly plural: ImportKind
  readonly key: string
  readonly faults?: (key: string, data: never, known: KnownItems) => MasterFault[]
  readonly warnings?: (data: never) => MasterFault[]
  readonly tidy?: (data: never) => object
}

/** So many rows are checked at a stretch; then others get their turn. */
const ROWS_CHECKED_AT_ONCE = 500

/** Checks rows one by one, against the schema and then in each other’s company: a kit may come before its components. */
export async function judgeRows(
  hub: RegionHub,
  kind: RowKind,
  schema: z.ZodObject,
  rows: readonly Given[],
  /** A line of CSV is one code of a map, and adds to it; a row of JSON is a whole map, and stands for it. */
  isCodeByLine: boolean,
): Promise<JudgedRows> {
  const { master } = hub.writer.ledger.books
  const errors: RowFault[] = []
  const warnings: RowFault[] = []
  const bad = new Set<number>()
  const good = new Map<string, { row: number; data: Record<string, unknown> }>()
  for (const [i, { row, value }] of rows.entries()) {
    if (i % ROWS_CHECKED_AT_ONCE === ROWS_CHECKED_AT_ONCE - 1)
      await new Promise((resolve) => setImmediate(resolve))
    const parsed = schema.safeParse(value)
    if (!parsed.success) {
      bad.add(row)
      errors.push(...fieldErrors(parsed.error).map((error) => ({ row, ...error })))
      continue
    }
    const { [kind.key]: subject, ...data } = parsed.data as Record<string, unknown>
    const before = good.get(subject as string)?.data ?? master.mapping(subject as string)
    const whole = isCodeByLine ? joined(before as Mapping | undefined, data) : data
    good.set(subject as string, {
      row,
      data: (kind.tidy?.(whole as never) ?? whole) as Record<string, unknown>,
    })
  }
  const known = inCompany(hub.items, good)
  const changes: Change[] = []
  for (const [subject, { row, data }] of good) {
    const faults = kind.faults?.(subject, data as never, known) ?? []
    for (const fault of faults) errors.push({ row, ...fault })
    if (faults.length > 0) bad.add(row)
    else changes.push({ subject, data })
    for (const warning of kind.warnings?.(data as never) ?? []) warnings.push({ row, ...warning })
  }
  return { changes, errors: errors.sort((a, b) => a.row - b.row), warnings, refused: bad.size }
}

/** Code maps of an import add to what stands: a file of ten new codes is no loss of ten thousand old ones. */
function joined(before: Mapping | undefined, data: Record<string, unknown>): Record<string, unknown> {
  const joint: Record<string, unknown> = { ...before }
  for (const [kind, codes] of Object.entries(data))
    joint[kind] = { ...(joint[kind] as object | undefined), ...(codes as object) }
  return joint
}

/** Items as they will be when all of these count. */
function inCompany(
  known: KnownItems,
  rows: ReadonlyMap<string, { data: Record<string, unknown> }>,
): KnownItems {
  const kitsWith = new Map<string, string[]>()
  for (const [kit, { data }] of rows)
    for (const { sku } of (data as Item).kit ?? []) kitsWith.set(sku, [...(kitsWith.get(sku) ?? []), kit])
  return {
    item: (sku) => (rows.get(sku)?.data as Item | undefined) ?? known.item(sku),
    kitsWith: (sku) => [
      ...[...known.kitsWith(sku)].filter((kit) => !rows.has(kit)),
      ...(kitsWith.get(sku) ?? []),
    ],
  }
}
