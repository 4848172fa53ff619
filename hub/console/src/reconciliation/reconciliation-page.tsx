import { type ReactNode, useState } from 'react'
import { useSearchParams } from 'wouter'
import type { Problem } from '../../../../shared/contract/problem.ts'
import type { Variance } from '../../../../shared/contract/variance-api.ts'
import { everyPage, usePages } from '../api/use-pages.ts'
import { downloadCsv } from '../parts/csv.ts'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { useWhere } from '../shell/where.ts'
import { VarianceFilters } from './variance-filters.tsx'
import { VarianceList } from './variance-list.tsx'
import { varianceQuery } from './variance-query.ts'
import { VarianceTrends } from './variance-trends.tsx'

const REFRESH_MS = 5_000
/** What a spreadsheet opens without complaint, and ten pages of the API's largest. */
const CSV_ROWS_MAX = 10_000

/** Where two copies of the truth differ: what, since when, why, what it is worth. */
export default function ReconciliationPage(): ReactNode {
  const [params] = useSearchParams()
  const { regions } = useWhere()
  const query = varianceQuery(params)
  const list = usePages<Variance>(`/v1/variances?${query}`, 'variances', { everyMs: REFRESH_MS })
  const [exporting, setExporting] = useState<'idle' | 'busy' | Problem>('idle')

  const exportCsv = async () => {
    setExporting('busy')
    const rows = await everyPage<Variance>(`/v1/variances?${query}&limit=1000`, 'variances', CSV_ROWS_MAX)
    if (!Array.isArray(rows)) return setExporting(rows)
    setExporting('idle')
    downloadCsv('variances.csv', CSV_HEADER, rows.map(csvRow))
  }

  return (
    <>
      <PageHead title="Reconciliation" hint="Where someone else's word differs from the ledger.">
        <button type="button" disabled={exporting === 'busy'} onClick={() => void exportCsv()}>
          {exporting === 'busy' ? 'Collecting …' : 'Export as CSV'}
        </button>
      </PageHead>
      <ProblemNote problem={typeof exporting === 'string' ? null : exporting} />
      <VarianceFilters regions={regions} />
      <ProblemNote problem={list.problem} />
      <VarianceList list={list} />
      <VarianceTrends region={params.get('region')} />
    </>
  )
}

const CSV_FIELDS = [
  'id',
  'region',
  'kind',
  'class',
  'state',
  'tier',
  'source',
  'sku',
  'node',
  'subject',
  'difference',
  'value',
  'owner',
  'openedAt',
  'updatedAt',
  'closedAt',
  'ageMs',
] as const satisfies readonly (keyof Variance)[]
const CSV_HEADER = [...CSV_FIELDS, 'evidence']
const csvRow = (variance: Variance): unknown[] => [
  ...CSV_FIELDS.map((name) => variance[name]),
  variance.evidence,
]
