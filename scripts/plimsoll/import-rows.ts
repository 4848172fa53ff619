import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import picocolors from 'picocolors'
import { ImportAnswer, type ImportKind, type RowFault } from '../../shared/contract/import-rows.ts'
import { askFor } from './ask.ts'
import { type Installation, regionNamed } from './installation.ts'
import { CommandRefusal, EXIT } from './outcome.ts'
import { print, tableOf } from './print.ts'

/** Small enough to show progress and to be far below a body's limit, large enough to be quick. */
const ROWS_AT_ONCE = 1_000
const FAULTS_SHOWN_MAX = 50

/** Rows as the service will read them, and where in the file they begin. */
type Chunk = {
  readonly contentType: 'application/json' | 'text/csv'
  readonly body: string
  readonly rows: number
  /** What is to be added to a row’s number in the chunk to have its place in the file. */
  readonly offset: number
}

/** Puts the rows of a file (CSV, or a JSON array). Exits 1 when any row was refused. */
export async function importRows(
  installation: Installation,
  options: { kind: ImportKind; file: string; region?: string | undefined; dryRun?: true | undefined },
  isJson: boolean,
): Promise<number> {
  const { kind, file, dryRun } = options
  const region = regionNamed(installation, options.region)
  const [url, key] = [installation.regionUrls[region]!, installation.keys.region[region]!]
  const chunks = chunksOf(file)
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0)
  const all = {
    accepted: 0,
    refused: 0,
    dryRun: dryRun === true,
    errors: [] as RowFault[],
    warnings: [] as RowFault[],
  }
  let sent = 0
  for (const chunk of chunks) {
    const path = `${url}/v1/${kind}:batch${dryRun ? '?dryRun=true' : ''}`
    const answer = await askFor(ImportAnswer, path, key, {
      contentType: chunk.contentType,
      body: chunk.body,
    })
    all.accepted += answer.accepted
    all.refused += answer.refused
    const inFile = (fault: RowFault): RowFault => ({ ...fault, row: fault.row + chunk.offset })
    all.errors.push(...answer.errors.map(inFile))
    all.warnings.push(...answer.warnings.map(inFile))
    sent += chunk.rows
    if (process.stderr.isTTY) process.stderr.write(`\r${sent} of ${rows} rows${sent === rows ? '\n' : ''}`)
  }
  print(isJson, { region, ...all }, () => [
    ...faultTable(picocolors.red('refused'), all.errors),
    ...faultTable(picocolors.yellow('taken, but'), all.warnings),
    `${all.accepted} of ${rows} rows ${dryRun ? 'would count' : 'count'}, ${all.refused} are refused`,
  ])
  return all.refused > 0 ? EXIT.found : EXIT.done
}

function chunksOf(file: string): Chunk[] {
  const text = textOf(file)
  const chunks: Chunk[] = []
  if (/\.json$/i.test(file)) {
    const rows = rowsOfJson(file, text)
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      const some = rows.slice(at, at + ROWS_AT_ONCE)
      chunks.push({
        contentType: 'application/json',
        body: JSON.stringify(some),
        rows: some.length,
        offset: at,
      })
    }
    return chunks
  }
  const lines = parse(text, {
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    delimiter: [',', '\t'],
    info: true,
    raw: true,
  }) as unknown as Line[]
  const [header, ...rows] = lines
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const some = rows.slice(at, at + ROWS_AT_ONCE)
    const body = [header!, ...some].map(({ raw }) => (raw.endsWith('\n') ? raw : `${raw}\n`)).join('')
    chunks.push({
      contentType: 'text/csv',
      body,
      rows: some.length,
      offset: (at === 0 ? header! : rows[at - 1]!).info.lines - header!.info.lines,
    })
  }
  return chunks
}

type Line = { readonly raw: string; readonly info: { readonly lines: number } }

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new CommandRefusal(`${file} can't be read`, EXIT.usage)
  }
}

function rowsOfJson(file: string, text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text)
    if (Array.isArray(parsed)) return parsed
  } catch {
    // Said below, as for any other JSON that is no array.
  }
  throw new CommandRefusal(`${file} is no JSON array of rows`, EXIT.usage)
}

function faultTable(title: string, faults: readonly RowFault[]): string[] {
  if (faults.length === 0) return []
  const shown = faults.slice(0, FAULTS_SHOWN_MAX)
  const more = faults.length - shown.length
  return [
    title,
    tableOf(
      ['line', 'field', 'what'],
      shown.map(({ row, path, message }) => [row, path, message]),
    ),
    ...(more > 0 ? [`and ${more} more; --json has them`] : []),
  ]
}
