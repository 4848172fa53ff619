import { type ReactNode, useState } from 'react'
import type { Problem } from '../../../../shared/contract/problem.ts'
import { everyPage } from '../api/use-pages.ts'
import { downloadCsv } from './csv.ts'
import { ProblemNote } from './problem-note.tsx'

/** What a spreadsheet opens without complaint, and ten pages of the API's largest. */
const ROWS_MAX = 10_000

/** Everything that fits a list's filters as a file: the button for it, and a note where it could not be had. */
export function useExport<Row>(parts: {
  readonly file: string
  readonly path: string
  readonly name: string
  readonly header: readonly string[]
  readonly cells: (row: Row) => readonly unknown[]
}): { readonly button: ReactNode; readonly note: ReactNode } {
  const { file, path, name, header, cells } = parts
  const [exporting, setExporting] = useState<'idle' | 'busy' | Problem>('idle')
  const exportCsv = async () => {
    setExporting('busy')
    const rows = await everyPage<Row>(path, name, ROWS_MAX)
    if (!Array.isArray(rows)) return setExporting(rows)
    setExporting('idle')
    downloadCsv(file, header, rows.map(cells))
  }
  return {
    button: (
      <button type="button" disabled={exporting === 'busy'} onClick={() => void exportCsv()}>
        {exporting === 'busy' ? 'Collecting …' : 'Export as CSV'}
      </button>
    ),
    note: <ProblemNote problem={typeof exporting === 'string' ? null : exporting} />,
  }
}
