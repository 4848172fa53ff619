import * as z from 'zod'

/** What can be imported, and by which column a row is known. */
export const IMPORT_KEYS = { items: 'sku', nodes: 'node', sources: 'source', mappings: 'source' } as const
export type ImportKind = keyof typeof IMPORT_KEYS

/** A page of an import: more comes in more requests. */
export const ROWS_MAX = 50_000
/** Of a file that is wrong from end to end, the first few hundred say so as well as all. */
export const ROW_ERRORS_MAX = 500

const RowFault = z.object({
  /** As the file counts: the first row of a JSON array is 0; of CSV and JSON lines the line of the file, from 1. */
  row: z.number().int(),
  path: z.string(),
  message: z.string(),
  code: z.string().optional(),
})
export type RowFault = z.infer<typeof RowFault>

export const ImportAnswer = z.object({
  /** Rows that count, or (in a dry run) that would. */
  accepted: z.number().int(),
  refused: z.number().int(),
  dryRun: z.boolean(),
  /** The first of them, by row; and how many there are. */
  errors: z.array(RowFault),
  errorsTotal: z.number().int(),
  warnings: z.array(RowFault),
  warningsTotal: z.number().int(),
})
export type ImportAnswer = z.infer<typeof ImportAnswer>

type Cells = Readonly<Record<string, string>>
type Row = Record<string, unknown>

/** Columns of each kind whose cell is more than text. docs/reference/import.md shows them all. */
const CELLS: Record<ImportKind, Readonly<Record<string, (cell: string) => unknown>>> = {
  items: {
    decimals: wholeOf,
    value: wholeOf,
    uoms: (cell) => Object.fromEntries(pairsOf(cell).map(([uom, factor]) => [uom, factorOf(factor)])),
    kit: (cell) => pairsOf(cell).map(([sku, quantity]) => ({ sku, quantity: wholeOf(quantity) })),
    substitutes: listOf,
  },
  nodes: { sells: (cell) => (cell === 'true' ? true : cell === 'false' ? false : cell) },
  sources: { nodes: listOf },
  mappings: {},
}

/** A line of CSV as the body it stands for. An empty cell says nothing; what is no number stays text, for the schema to name. */
export function rowOfCells(kind: ImportKind, cells: Cells): Row {
  const row: Row = {}
  for (const [column, text] of Object.entries(cells)) {
    const cell = text.trim()
    if (cell === '') continue
    row[column] = CELLS[kind][column]?.(cell) ?? cell
  }
  return row
}

const MAP_KINDS: Readonly<Record<string, string>> = { sku: 'skus', node: 'nodes', uom: 'uoms', lot: 'lots' }

/** A line of a code map (`source,kind,theirs,ours`) as the mapping it adds to. */
export function mappingOfCells({ source = '', kind = '', theirs = '', ours = '' }: Cells): Row {
  return { source: source.trim(), [MAP_KINDS[kind.trim()] ?? kind.trim()]: { [theirs.trim()]: ours.trim() } }
}

function wholeOf(cell: string): unknown {
  return /^-?\d{1,15}$/.test(cell) ? Number(cell) : cell
}

/** `12`, or `45359237/100000`. */
function factorOf(cell: string): unknown {
  const ratio = /^(\d{1,15})\/(\d{1,15})$/.exec(cell)
  return ratio ? { numerator: Number(ratio[1]), denominator: Number(ratio[2]) } : wholeOf(cell)
}

function listOf(cell: string): string[] {
  return cell
    .split(';')
    .map((it) => it.trim())
    .filter((it) => it !== '')
}

/** `CASE=12;PAL=480`. A sku may hold `=`, so the last one divides. */
function pairsOf(cell: string): [string, string][] {
  return listOf(cell).map((pair) => {
    const at = pair.lastIndexOf('=')
    return at < 0 ? [pair, ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
  })
}
