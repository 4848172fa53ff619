import type { ReactNode } from 'react'
import type * as z from 'zod'
import type { AlertDelivery } from '../../../../shared/contract/alert-api.ts'
import { useAsked } from '../api/use-asked.ts'
import { DataTable } from '../parts/data-table.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { When } from '../parts/when.tsx'

const EVERY_MS = 10_000
const STATES = { waiting: 'tag tag-warn', sent: 'tag tag-good', dead: 'tag tag-bad' } as const

/** Whether people really were told, and why not. */
export function Deliveries(): ReactNode {
  const { data, problem } = useAsked<{ deliveries: z.infer<typeof AlertDelivery>[] }>(
    '/v1/alerts/deliveries?limit=50',
    { everyMs: EVERY_MS },
  )
  return (
    <>
      <ProblemNote problem={problem} />
      <DataTable
        title="Messages to people"
        rows={data?.deliveries ?? []}
        rowKey={({ id }) => id}
        empty="None in the last week. Where they go is said in the centre’s configuration, under alerts."
        columns={[
          { name: 'Made', cell: ({ at }) => <When at={at} /> },
          { name: 'To', cell: ({ output }) => output },
          {
            name: 'State',
            cell: ({ state }) => (
              <span className={STATES[state]}>{state === 'dead' ? 'given up' : state}</span>
            ),
          },
          { name: 'Tried', kind: 'number', cell: ({ attempts }) => String(attempts) },
          { name: 'Again', cell: ({ nextAt }) => (nextAt === null ? '–' : <When at={nextAt} />) },
          { name: 'Failed with', kind: 'prose', cell: ({ error }) => error ?? '–' },
        ]}
      />
    </>
  )
}
