import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { Variance } from '../../../../shared/contract/variance-api.ts'
import type { usePages } from '../api/use-pages.ts'
import type { Column } from '../parts/rows.tsx'
import { ShowMore } from '../parts/show-more.tsx'
import { LiveTable } from '../tables/live-table.tsx'
import { ageWords } from '../words/ages.ts'
import { signedWords, valueWords } from '../words/numbers.ts'
import { STATE_WORDS, subjectWords, varianceTitle } from './variance-words.ts'

export function VarianceList({ list }: { list: ReturnType<typeof usePages<Variance>> }): ReactNode {
  const [params] = useSearchParams()
  const suffix = params.size === 0 ? '' : `?${params}`
  const columns: [Column<Variance>, ...Column<Variance>[]] = [
    {
      name: 'What',
      cell: (variance) => (
        <Link href={`/reconciliation/${encodeURIComponent(variance.id)}${suffix}`}>
          {varianceTitle(variance)}
        </Link>
      ),
    },
    { name: 'Region', cell: ({ region }) => region },
    { name: 'Kind', cell: ({ kind }) => kind },
    { name: 'Class', cell: (variance) => <span className="tag">{variance.class}</span> },
    { name: 'State', cell: stateWords },
    { name: 'Source', kind: 'code', cell: ({ source }) => source ?? '–' },
    { name: 'Sku', kind: 'code', cell: ({ sku }) => sku ?? '–' },
    { name: 'About', kind: 'code', cell: subjectWords },
    { name: 'Difference', kind: 'number', cell: ({ difference }) => signedWords(difference) },
    { name: 'Value', kind: 'number', cell: ({ value }) => valueWords(value) },
    { name: 'Age', kind: 'number', cell: ({ ageMs }) => ageWords(ageMs) },
    { name: 'Owner', cell: ({ owner }) => owner ?? 'nobody' },
  ]
  if (list.isLoading) return <p className="waiting">Asking the centre …</p>
  return (
    <>
      <LiveTable
        title="Variances"
        id="variances"
        explains={
          list.more === null
            ? 'Open one to see why, and what can be done about it.'
            : 'These are the first ones: there are more below, and all of them in the CSV.'
        }
        rows={list.rows}
        rowKey={({ id }) => id}
        columns={columns}
        openCount={list.rows.length}
        empty="None fits these filters. Without filters it means that all copies of the truth agree."
      />
      <ShowMore more={list.more} />
    </>
  )
}

const stateWords = ({ state, isSettled, proposal }: Variance): ReactNode => {
  if (!isSettled) return 'in flight'
  if (state === 'open' && proposal?.status === 'waiting')
    return <span className="tag tag-warn">waits for approval</span>
  return STATE_WORDS[state]
}
