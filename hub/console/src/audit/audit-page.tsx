import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { AuditEntry } from '../../../../shared/contract/access-api.ts'
import { query } from '../api/query.ts'
import { usePages } from '../api/use-pages.ts'
import { type DataColumn, DataTable } from '../parts/data-table.tsx'
import { ShowMore } from '../parts/show-more.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { useExport } from '../parts/use-export.tsx'
import { UrlText } from '../parts/url-field.tsx'
import { When } from '../parts/when.tsx'
import { Verification } from './verification.tsx'

const EVERY_MS = 5_000

/** Who did what: each entry is chained to the one before it, so that none can be changed or left out unseen. */
export default function AuditPage(): ReactNode {
  const [params] = useSearchParams()
  const asked = query({ actor: params.get('actor'), subject: params.get('subject'), limit: 200 })
  const list = usePages<AuditEntry>(`/v1/audit${asked}`, 'entries', { everyMs: EVERY_MS })
  const { button, note } = useExport<AuditEntry>({
    file: 'audit.csv',
    path: `/v1/audit${asked}`,
    name: 'entries',
    header: CSV_FIELDS,
    cells: (entry) => CSV_FIELDS.map((name) => entry[name]),
  })
  return (
    <>
      <PageHead title="Audit log" hint="Who did what, and what was answered. Nothing in it can be changed.">
        {button}
      </PageHead>
      {note}
      <search className="filters" aria-label="Filter the audit log">
        <UrlText name="actor" label="Who (token:ada)" />
        <UrlText name="subject" label="About (has in it)" />
      </search>
      <ProblemNote problem={list.problem} />
      {list.isLoading ? (
        <p className="waiting">Asking the centre …</p>
      ) : (
        list.problem === null && (
          <>
            <Verification />
            <DataTable
              title="Entries"
              rows={list.rows}
              rowKey={({ sequence }) => String(sequence)}
              empty="None fits these filters."
              columns={COLUMNS}
            />
          </>
        )
      )}
      <ShowMore more={list.more} words="Show earlier ones" />
    </>
  )
}

const CSV_FIELDS = [
  'sequence',
  'at',
  'actor',
  'via',
  'action',
  'subject',
  'correlationId',
  'detail',
  'hash',
] as const satisfies readonly (keyof AuditEntry)[]

const COLUMNS: [DataColumn<AuditEntry>, ...DataColumn<AuditEntry>[]] = [
  { name: 'Entry', kind: 'number', cell: ({ sequence }) => String(sequence) },
  { name: 'When', cell: ({ at }) => <When at={at} /> },
  { name: 'Who', kind: 'code', cell: ({ actor }) => actor },
  { name: 'By', cell: ({ via }) => via },
  { name: 'Did', cell: ({ action }) => action },
  { name: 'About', kind: 'code', cell: ({ subject }) => subject },
  {
    name: 'Detail',
    kind: 'prose',
    cell: ({ detail }) => <code>{JSON.stringify(detail)}</code>,
  },
  {
    name: 'Correlation',
    kind: 'code',
    cell: ({ correlationId }) => (
      <Link href={`/trace/${encodeURIComponent(correlationId)}`}>{correlationId}</Link>
    ),
  },
  { name: 'Hash', kind: 'code', cell: ({ hash }) => <span title={hash}>{hash.slice(0, 12)}</span> },
]
