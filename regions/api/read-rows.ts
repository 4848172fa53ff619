import { parse } from 'csv-parse'
import { type ImportKind, mappingOfCells, ROWS_MAX, rowOfCells } from '../../shared/contract/import-rows.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'

/** A row with its place in the body: of JSON its index, of text the line it ends on, the first being 1. */
export type GivenRow = {
  readonly row: number
  readonly value: unknown
  /** Where it is no row at all. */
  readonly fault?: { readonly code: string; readonly message: string }
}
type RowsRefusal = { readonly code: 'malformed' | 'invalid' | 'too-large'; readonly detail: string }

export const ROW_TYPES = ['application/json', 'application/x-ndjson', 'text/csv'] as const
export type RowType = (typeof ROW_TYPES)[number]

/** A body of many rows, each with its place in it. */
export async function readRows(
  kind: ImportKind,
  contentType: RowType,
  bytes: Uint8Array,
): Promise<Result<GivenRow[], RowsRefusal>> {
  if (contentType === 'text/csv') return csvRows(kind, bytes)
  const text = new TextDecoder().decode(bytes)
  const rows = contentType === 'application/json' ? jsonRows(text) : ok(lineRows(text))
  return rows.ok && rows.value.length > ROWS_MAX ? err(TOO_MANY) : rows
}

const TOO_MANY: RowsRefusal = {
  code: 'too-large',
  detail: `at most ${ROWS_MAX} rows at once; send the rest in another request`,
}

function jsonRows(text: string): Result<GivenRow[], RowsRefusal> {
  try {
    const parsed: unknown = JSON.parse(text)
    if (Array.isArray(parsed)) return ok(parsed.map((value: unknown, row) => ({ row, value })))
    return err({ code: 'invalid', detail: 'send an array of rows' })
  } catch (error) {
    return err({ code: 'malformed', detail: error instanceof Error ? error.message : 'not JSON' })
  }
}

/** Newline-delimited JSON: a line that is none is a fault of that line. */
function lineRows(text: string): GivenRow[] {
  const rows: GivenRow[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (rows.length > ROWS_MAX) break
    if (line.trim() === '') continue
    try {
      rows.push({ row: i + 1, value: JSON.parse(line) as unknown })
    } catch {
      rows.push({ row: i + 1, value: null, fault: { code: 'not-json', message: 'this line is not JSON' } })
    }
  }
  return rows
}

type Line = {
  readonly record: Record<string, string>
  readonly info: { readonly lines: number; readonly error?: { readonly record: readonly string[] } }
}

/** So much is read at a stretch, some 15 ms; then others get their turn. */
const BYTES_AT_ONCE = 65_536

async function csvRows(kind: ImportKind, bytes: Uint8Array): Promise<Result<GivenRow[], RowsRefusal>> {
  const ofCells = kind === 'mappings' ? mappingOfCells : (cells: Line['record']) => rowOfCells(kind, cells)
  const rows: GivenRow[] = []
  const parser = parse({
    columns: true,
    bom: true,
    trim: true,
    skip_empty_lines: true,
    delimiter: [',', '\t'],
    info: true,
    relax_column_count: true,
    max_record_size: 1_000_000,
  })
  const state: { failed: Error | null } = { failed: null }
  parser.on('error', (error: Error) => (state.failed ??= error))
  const take = (): void => {
    for (let line = parser.read() as Line | null; line !== null; line = parser.read() as Line | null)
      rows.push(rowOf(line, ofCells))
  }
  for (let at = 0; at < bytes.length && !state.failed && rows.length <= ROWS_MAX; at += BYTES_AT_ONCE) {
    parser.write(bytes.subarray(at, at + BYTES_AT_ONCE))
    await new Promise((resolve) => setImmediate(resolve))
    take()
  }
  if (!state.failed && rows.length <= ROWS_MAX) {
    parser.end()
    await new Promise<void>((resolve) => {
      parser.once('error', () => resolve())
      parser.once('end', () => resolve())
      parser.on('readable', take)
      take()
    })
  }
  parser.destroy()
  if (state.failed) return err({ code: 'malformed', detail: state.failed.message })
  return rows.length > ROWS_MAX ? err(TOO_MANY) : ok(rows)
}

function rowOf({ record, info }: Line, ofCells: (cells: Line['record']) => unknown): GivenRow {
  if (info.error === undefined) return { row: info.lines, value: ofCells(record) }
  const message = `this line has ${info.error.record.length} cells, and the header another number of them`
  return { row: info.lines, value: null, fault: { code: 'row-length', message } }
}
