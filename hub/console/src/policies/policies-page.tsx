import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { GovernedPolicy, RegionRun } from '../../../../shared/contract/governed-policy-api.ts'
import { query } from '../api/query.ts'
import { useAsked } from '../api/use-asked.ts'
import { usePages } from '../api/use-pages.ts'
import { type DataColumn, DataTable } from '../parts/data-table.tsx'
import { ShowMore } from '../parts/show-more.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { UrlSelect } from '../parts/url-field.tsx'
import { When } from '../parts/when.tsx'
import { useWhere } from '../shell/where.ts'
import { KIND_NAMES } from './policy-kinds.ts'
import { PolicyState } from './policy-state.tsx'
import { forWords, ruleWords } from './policy-words.ts'
import { RegionRuns } from './region-runs.tsx'

const EVERY_MS = 5_000

/** The rules that the centre has in force and those that wait for a word, and which region runs which. */
export default function PoliciesPage(): ReactNode {
  const [params] = useSearchParams()
  const { regions } = useWhere()
  const asked = query({ region: params.get('for'), kind: params.get('kind'), state: params.get('state') })
  const list = usePages<GovernedPolicy>(`/v1/policies${asked}`, 'policies', { everyMs: EVERY_MS })
  const runs = useAsked<{ regions: RegionRun[] }>('/v1/policies/regions', { everyMs: EVERY_MS })
  return (
    <>
      <PageHead
        title="Policies"
        hint="Rules of the centre: proposed, tried on the ledger, agreed to, in force."
      >
        <Link className="button primary" href="/policies/new">
          Propose a policy
        </Link>
      </PageHead>
      <search className="filters" aria-label="Filter policies">
        <UrlSelect name="for" label="For" options={[['*', 'all regions'], ...regions]} />
        <UrlSelect name="kind" label="Kind" options={KIND_NAMES} />
        <UrlSelect
          name="state"
          label="State"
          any="in force and proposed"
          options={[
            ['active', 'in force'],
            ['proposed', 'proposed'],
            ['replaced', 'replaced'],
            ['rejected', 'rejected'],
          ]}
        />
      </search>
      <ProblemNote problem={list.problem} />
      {list.isLoading ? (
        <p className="waiting">Asking the centre …</p>
      ) : (
        <DataTable
          title="Policies"
          rows={list.rows}
          rowKey={({ id }) => id}
          file="policies"
          empty="None fits these filters. Where the centre says nothing, a region’s own word counts, or the default."
          columns={COLUMNS}
        />
      )}
      <ShowMore more={list.more} />
      <ProblemNote problem={runs.problem} />
      {runs.data !== null && <RegionRuns runs={runs.data.regions} />}
    </>
  )
}

const COLUMNS: [DataColumn<GovernedPolicy>, ...DataColumn<GovernedPolicy>[]] = [
  {
    name: 'Kind',
    cell: ({ id, kind }) => <Link href={`/policies/${id}`}>{kind}</Link>,
    value: ({ kind }) => kind,
  },
  { name: 'Scope', kind: 'code', cell: ({ scope }) => scope },
  { name: 'For', cell: ({ region }) => forWords(region) },
  { name: 'Version', kind: 'number', cell: ({ version }) => String(version) },
  { name: 'State', cell: (policy) => <PolicyState policy={policy} />, value: ({ state }) => state },
  { name: 'Says', kind: 'prose', cell: ({ body }) => ruleWords(body) },
  { name: 'By', kind: 'code', cell: ({ author }) => author },
  { name: 'Agreed to by', kind: 'code', cell: ({ approver }) => approver ?? '–' },
  {
    name: 'Since',
    cell: ({ decidedAt, proposedAt }) => <When at={decidedAt ?? proposedAt} />,
    value: ({ decidedAt, proposedAt }) => decidedAt ?? proposedAt,
  },
]
