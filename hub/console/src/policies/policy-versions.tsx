import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { GovernedPolicy } from '../../../../shared/contract/governed-policy-api.ts'
import { DataTable } from '../parts/data-table.tsx'
import { When } from '../parts/when.tsx'
import { PolicyState } from './policy-state.tsx'
import { ruleWords } from './policy-words.ts'

/** All that was ever said of it, latest first. */
export function PolicyVersions({
  versions,
  shown,
}: {
  versions: readonly GovernedPolicy[]
  shown: string
}): ReactNode {
  return (
    <DataTable
      title="Versions"
      rows={versions}
      rowKey={({ id }) => id}
      empty="Looking them up …"
      columns={[
        {
          name: 'Version',
          cell: ({ id, version }) =>
            id === shown ? (
              <span aria-current="true">{version} (shown)</span>
            ) : (
              <Link href={`/policies/${id}`}>{version}</Link>
            ),
        },
        { name: 'State', cell: (policy) => <PolicyState policy={policy} /> },
        { name: 'Says', kind: 'prose', cell: ({ body }) => ruleWords(body) },
        { name: 'By', kind: 'code', cell: ({ author }) => author },
        { name: 'Because', kind: 'prose', cell: ({ reason }) => reason },
        { name: 'Agreed to by', kind: 'code', cell: ({ approver }) => approver ?? '–' },
        { name: 'Proposed', cell: ({ proposedAt }) => <When at={proposedAt} /> },
      ]}
    />
  )
}
