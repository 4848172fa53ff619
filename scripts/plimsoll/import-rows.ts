import { readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import picocolors from 'picocolors'
import { ImportAnswer, type ImportKind, type RowFault } from '../../shared/contract/import-rows.ts'
import { askFor } from './ask.ts'
import { type Installation, whereOf } from './installation.ts'
import { CommandRefusal, EXIT } from './outcome.ts'
import { print, tableOf } from './print.ts'

/** Rows are checked in the company of those that are sent with them, so the more the better; but progress has to be seen. */
const ROWS_AT_ONCE = 10_000
/** Half of what the service takes: rows may be long. */
const CHARS_AT_ONCE = 4_000_000
const CHUNK_WITHIN_MS = 120_000
const FAULTS_SHOWN_MAX = 50

/** Rows as the service will read them, and where in the file they begin. */
type Chunk = {
  readonly contentType: 'application/json' | 'application/x-ndjson' | 'text/csv'
  readonly body: string
  readonly rows: number
  /** What is to be added to a row’s number in the chunk to have its place in the file. */
  readonly offset: number
}

type Importing = {
  readonly kind: ImportKind
  readonly file: string
  readonly region?: string | undefined
  readonly dryRun?: true | undefined
  /** Where to write every fault that the service named, as CSV. */
  readonly errorsFile?: string | undefined
}

/** Puts the rows of a file (CSV, JSON lines, or a JSON array). Exits 1 when any row was refused. */
export async function importRows(
  installation: Installation,
  { kind, file, dryRun, errorsFile, region: named }: Importing,
  isJson: boolean,
): Promise<number> {
  const { region, url, key } = whereOf(installation, named)
  const chunks = chunksOf(file)
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0)
  const all: ImportAnswer = {
    accepted: 0,
    refused: 0,
    dryRun: dryRun === true,
    errors: [],
    errorsTotal: 0,
    warnings: [],
    warningsTotal: 0,
  }
  let sent = 0
  for (const chunk of chunks) {
    const path = `${url}/v1/${kind}:batch${dryRun ? '?dryRun=true' : ''}`
    const answer = await sendChunk(path, key, chunk, sent)
    add(all, answer, chunk.offset)
    sent += chunk.rows
    if (process.stderr.isTTY) process.stderr.write(`\r${sent} of ${rows} rows${sent === rows ? '\n' : ''}`)
  }
  if (errorsFile !== undefined) writeFaults(errorsFile, all)
  print(isJson, { region, ...all }, () => [
    ...faultTable(picocolors.red('refused'), all.errors, all.errorsTotal),
    ...faultTable(picocolors.yellow('taken, but'), all.warnings, all.warningsTotal),
    `${all.accepted} of ${rows} rows ${dryRun ? 'would count' : 'count'}, ${all.refused} are refused`,
  ])
  return all.refused > 0 ? EXIT.found : EXIT.done
}

/** When it fails half way, what came before counts; sending the whole file again changes nothing twice. */
async function sendChunk(path: string, key: string, chunk: Chunk, sent: number): Promise<ImportAnswer> {
  const { contentType, body } = chunk
  try {
    return await askFor(ImportAnswer, path, key, { contentType, body, withinMs: CHUNK_WITHIN_MS })
  } catch (error) {
    if (!(error instanceof CommandRefusal) || sent === 0) throw error
    throw new CommandRefusal(`after ${sent} rows: ${error.message}; mend it and import the whole file again`)
  }
}

function add(all: ImportAnswer, answer: ImportAnswer, offset: number): void {
  const inFile = (fault: RowFault): RowFault => ({ ...fault, row: fault.row + offset })
  all.accepted += answer.accepted
  all.refused += answer.refused
  all.errorsTotal += answer.errorsTotal
  all.warningsTotal += answer.warningsTotal
  all.errors.push(...answer.errors.map(inFile))
  all.warnings.push(...answer.warnings.map(inFile))
}

function writeFaults(file: string, { errors, warnings }: ImportAnswer): void {
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`
  const lines = [errors, warnings].flatMap((faults, i) =>
    faults.map(({ row, path, code = '', message }) =>
      [i === 0 ? 'error' : 'warning', row, cell(path), code, cell(message)].join(','),
    ),
  )
  writeFileSync(file, ['severity,row,field,code,what', ...lines, ''].join('\n'))
}

function chunksOf(file: string): Chunk[] {
  const text = textOf(file)
  if (/\.json$/i.test(file)) {
    const rows = rowsOfJson(file, text).map((row) => JSON.stringify(row))
    return cut(rows, (some, from) => ({
      contentType: 'application/json',
      body: `[${some.join(',')}]`,
      rows: some.length,
      offset: from,
    }))
  }
  if (/\.(ndjson|jsonl)$/i.test(file))
    return cut(text.split('\n'), (some, from) => ({
      contentType: 'application/x-ndjson',
      body: some.join('\n'),
      rows: some.filter((line) => line.trim() !== '').length,
      offset: from,
    }))
  const [header, ...lines] = linesOfCsv(file, text)
  if (header === undefined) throw new CommandRefusal(`${file} is empty`, EXIT.usage)
  const ended = (raw: string): string => (raw.endsWith('\n') ? raw : `${raw}\n`)
  return cut(
    lines.map(({ raw }) => ended(raw)),
    (some, from) => ({
      contentType: 'text/csv',
      body: ended(header.raw) + some.join(''),
      rows: some.length,
      offset: (from === 0 ? header : lines[from - 1]!).info.lines - header.info.lines,
    }),
  )
}

/** Stretches of rows, none too many and none too long. */
function cut(rows: readonly string[], chunkOf: (some: readonly string[], from: number) => Chunk): Chunk[] {
  const chunks: Chunk[] = []
  let [from, chars] = [0, 0]
  rows.forEach((row, i) => {
    if (i > from && (i - from === ROWS_AT_ONCE || chars + row.length > CHARS_AT_ONCE)) {
      chunks.push(chunkOf(rows.slice(from, i), from))
      ;[from, chars] = [i, 0]
    }
    chars += row.length
  })
  if (from < rows.length) chunks.push(chunkOf(rows.slice(from), from))
  return chunks
}

function linesOfCsv(file: string, text: string): Line[] {
  try {
    return parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      delimiter: [',', '\t'],
      info: true,
      raw: true,
    }) as unknown as Line[]
  } catch (error) {
    throw new CommandRefusal(`${file}: ${error instanceof Error ? error.message : 'not CSV'}`, EXIT.usage)
  }
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

function faultTable(title: string, faults: readonly RowFault[], total: number): string[] {
  if (faults.length === 0) return []
  const shown = faults.slice(0, FAULTS_SHOWN_MAX)
  const more = total - shown.length
  return [
    title,
    tableOf(
      ['line', 'field', 'what'],
      shown.map(({ row, path, message }) => [row, path, message]),
    ),
    ...(more > 0 ? [`and ${more} more: --errors FILE and --json have the first of each request`] : []),
  ]
}
