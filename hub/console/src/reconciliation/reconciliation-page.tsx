import type { ReactNode } from 'react'
import { useSearchParams } from 'wouter'
import type { Variance } from '../../../../shared/contract/variance-api.ts'
import { usePages } from '../api/use-pages.ts'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { useExport } from '../parts/use-export.tsx'
import { useWhere } from '../shell/where.ts'
import { VarianceFilters } from './variance-filters.tsx'
import { VarianceList } from './variance-list.tsx'
import { varianceQuery } from './variance-query.ts'
import { VarianceTrends } from './variance-trends.tsx'

const REFRESH_MS = 5_000

/** Where two copies of the truth differ: what, since when, why, what it is worth. */
export default function ReconciliationPage(): ReactNode {
  const [params] = useSearchParams()
  const { regions } = useWhere()
  const query = varianceQuery(params)
  const list = usePages<Variance>(`/v1/variances?${query}`, 'variances', { everyMs: REFRESH_MS })
  const { button, note } = useExport<Variance>({
    file: 'variances.csv',
    path: `/v1/variances?${query}&limit=1000`,
    name: 'variances',
    header: CSV_HEADER,
    cells: csvRow,
  })
  return (
    <>
      <PageHead title="Reconciliation" hint="Where someone else's word differs from the ledger.">
        {button}
      </PageHead>
      {note}
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
