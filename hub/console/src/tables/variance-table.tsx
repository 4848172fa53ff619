import type { ReactNode } from 'react'
import type { Variance } from '../../../../shared/contract/variance-api.ts'
import { ageWords } from '../words/ages.ts'
import { signedWords, valueWords } from '../words/numbers.ts'
import { Evidence } from './evidence.tsx'
import type { Column } from '../parts/rows.tsx'
import { LiveTable } from './live-table.tsx'

export function VarianceTable({
  variances,
  openCount,
  nowMs,
}: {
  variances: readonly Variance[]
  openCount: number
  nowMs: number
}): ReactNode {
  const columns: [Column<Variance>, ...Column<Variance>[]] = [
    { name: 'Region', cell: ({ region }) => region },
    { name: 'Kind', cell: ({ kind }) => kind },
    { name: 'Class', cell: (variance) => <span className="tag">{variance.class}</span> },
    { name: 'Source', kind: 'code', cell: ({ source }) => source ?? '–' },
    { name: 'Sku', kind: 'code', cell: ({ sku }) => sku ?? '–' },
    { name: 'Node', kind: 'code', cell: ({ node }) => node ?? '–' },
    { name: 'State', kind: 'code', cell: subjectWords },
    { name: 'Difference', kind: 'number', cell: ({ difference }) => signedWords(difference) },
    { name: 'Value', kind: 'number', cell: ({ value }) => valueWords(value) },
    { name: 'Age', kind: 'number', cell: ({ openedAt }) => ageWords(nowMs - Date.parse(openedAt)) },
    { name: 'Evidence', cell: ({ id, evidence }) => <Evidence of={id} evidence={evidence} /> },
  ]
  return (
    <LiveTable
      title="Open variances"
      id="variances"
      explains="Where someone else's word differs from the ledger: what they say less what the ledger says."
      rows={variances}
      rowKey={({ id }) => id}
      columns={columns}
      openCount={openCount}
      empty="No variance is open: every count agreed with the ledger as of its moment, or has corrected it."
    />
  )
}

/** An edge variance is about a shard, not about a state of stock. */
const subjectWords = ({ kind, subject }: Variance): string =>
  kind === 'edge' && /^\d+$/.test(subject) ? `shard ${subject}` : subject
