import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { Alert } from '../../../../shared/contract/alert-api.ts'
import { query } from '../api/query.ts'
import { usePages } from '../api/use-pages.ts'
import { type DataColumn, DataTable } from '../parts/data-table.tsx'
import { ShowMore } from '../parts/show-more.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { UrlSelect, UrlText } from '../parts/url-field.tsx'
import { When } from '../parts/when.tsx'
import { useWhere } from '../shell/where.ts'
import { AlertStanding } from './alert-standing.tsx'
import { ALERT_KINDS, levelWords, standingOf } from './alert-words.ts'
import { Deliveries } from './deliveries.tsx'
import { Silences } from './silences.tsx'

const EVERY_MS = 3_000
/** What fires has seldom more; more is behind a button. */
const LIMIT = 200

/** What people are called for, and were. */
export default function AlertsPage(): ReactNode {
  const [params] = useSearchParams()
  const { regions } = useWhere()
  const standing = params.get('state') ?? 'firing'
  const asked = query({
    region: params.get('region'),
    kind: params.get('kind'),
    severity: params.get('severity'),
    owner: params.get('owner'),
    state: standing === 'any' ? null : standing === 'over' ? 'resolved' : 'firing',
    limit: LIMIT,
  })
  const list = usePages<Alert>(`/v1/alerts${asked}`, 'alerts', { everyMs: EVERY_MS })
  const isNarrow = ['unseen', 'acknowledged', 'silenced'].includes(standing)
  const rows = isNarrow ? list.rows.filter((it) => standingOf(it) === standing) : list.rows
  return (
    <>
      <PageHead title="Alerts" hint="What people are called for. Each comes with what to do about it.">
        <Link href="/runbooks">All runbooks</Link>
      </PageHead>
      <search className="filters" aria-label="Filter alerts">
        <UrlSelect name="state" label="State" options={STANDINGS} any="firing" />
        <UrlSelect name="region" label="Region" options={regions} any="all" />
        <UrlSelect name="kind" label="Kind" options={ALERT_KINDS} />
        <UrlSelect name="severity" label="Severity" options={['warning', 'critical']} />
        <UrlText name="owner" label="Owner (or none)" />
      </search>
      <ProblemNote problem={list.problem} />
      {list.isLoading ? (
        <p className="waiting">Asking the centre …</p>
      ) : (
        <DataTable
          title="Alerts"
          rows={rows}
          rowKey={({ id }) => id}
          file="alerts"
          empty="None fits these filters. Without filters it means that nothing calls for anybody."
          columns={COLUMNS}
        />
      )}
      <ShowMore more={list.more} />
      <Silences regions={regions} />
      <Deliveries />
    </>
  )
}

const STANDINGS = [
  ['unseen', 'firing, seen by nobody'],
  ['acknowledged', 'acknowledged'],
  ['silenced', 'silenced'],
  ['over', 'over'],
  ['any', 'any'],
] as const

const COLUMNS: [DataColumn<Alert>, ...DataColumn<Alert>[]] = [
  {
    name: 'What',
    kind: 'prose',
    cell: ({ id, summary }) => <Link href={`/alerts/${id}`}>{summary}</Link>,
    value: ({ summary }) => summary,
  },
  {
    name: 'Severity',
    cell: ({ severity }) => <span className={`tag severity-${severity}`}>{severity}</span>,
    value: ({ severity }) => severity,
  },
  { name: 'State', cell: (alert) => <AlertStanding alert={alert} />, value: standingOf },
  { name: 'Region', cell: ({ region }) => region },
  { name: 'Kind', cell: ({ kind }) => kind },
  { name: 'Level', kind: 'number', cell: ({ kind, level }) => levelWords(kind, level) },
  { name: 'Since', cell: ({ since }) => <When at={since} />, value: ({ since }) => since },
  { name: 'Owner', cell: ({ owner }) => owner ?? 'nobody' },
]
