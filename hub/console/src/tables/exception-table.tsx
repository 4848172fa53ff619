import type { ReactNode } from 'react'
import type { CentreException } from '../../../../shared/contract/centre-api.ts'
import { ageWords } from '../words/ages.ts'
import { countWords } from '../words/numbers.ts'
import type { Column } from '../parts/rows.tsx'
import { LiveTable } from './live-table.tsx'

export function ExceptionTable({
  exceptions,
  openCount,
  nowMs,
}: {
  exceptions: readonly CentreException[]
  openCount: number
  nowMs: number
}): ReactNode {
  const columns: [Column<CentreException>, ...Column<CentreException>[]] = [
    { name: 'Region', cell: ({ region }) => region },
    { name: 'Class', cell: (exception) => <span className="tag">{exception.class}</span> },
    { name: 'Code', kind: 'code', cell: ({ code }) => code },
    { name: 'Source', kind: 'code', cell: ({ source }) => source },
    { name: 'Detail', kind: 'prose', cell: ({ detail }) => detail },
    { name: 'Attempts', kind: 'number', cell: ({ attempts }) => countWords(attempts) },
    { name: 'Age', kind: 'number', cell: ({ at }) => ageWords(nowMs - Date.parse(at)) },
  ]
  return (
    <LiveTable
      title="Open exceptions"
      id="exceptions"
      explains="Messages set aside because they could not be taken as they are. They are kept, and can be replayed."
      rows={exceptions}
      rowKey={({ id, region }) => `${region}/${id}`}
      columns={columns}
      openCount={openCount}
      empty="No exception is open: every message was understood, and none waits for a hand."
    />
  )
}
