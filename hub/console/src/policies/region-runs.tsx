import type { ReactNode } from 'react'
import type { RegionRun } from '../../../../shared/contract/governed-policy-api.ts'
import { DataTable } from '../parts/data-table.tsx'
import { When } from '../parts/when.tsx'

/** Which region runs what: told by the regions themselves. */
export function RegionRuns({ runs }: { runs: readonly RegionRun[] }): ReactNode {
  return (
    <DataTable
      title="What the regions run"
      rows={runs}
      rowKey={({ region }) => region}
      empty="No region is configured."
      columns={[
        { name: 'Region', cell: ({ region }) => region },
        {
          name: 'Current',
          cell: ({ isCurrent }) =>
            isCurrent ? (
              <span className="tag tag-good">current</span>
            ) : (
              <span className="tag tag-warn">not yet</span>
            ),
        },
        { name: 'Should run revision', kind: 'number', cell: ({ wanted }) => String(wanted) },
        {
          name: 'Runs',
          kind: 'number',
          cell: ({ running }) => (running === null ? 'never told' : String(running)),
        },
        { name: 'Told', cell: ({ toldAt }) => <When at={toldAt} /> },
        { name: 'Applied', kind: 'number', cell: ({ applied }) => String(applied) },
        {
          name: 'Said otherwise there',
          kind: 'prose',
          cell: ({ overridden }) =>
            overridden.map(({ kind, scope, author }) => `${kind} of ${scope} by ${author}`).join('; ') ||
            'nothing',
        },
        {
          name: 'Refused there',
          kind: 'prose',
          cell: ({ refused }) =>
            refused
              .map(
                ({ kind, scope, errors }) =>
                  `${kind} of ${scope}: ${errors.map(({ path, message }) => `${path} ${message}`).join(', ')}`,
              )
              .join('; ') || 'nothing',
        },
      ]}
    />
  )
}
