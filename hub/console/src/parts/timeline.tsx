import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { regionPath } from '../api/region-path.ts'
import { useAsked } from '../api/use-asked.ts'
import { DataTable } from './data-table.tsx'
import { effectWords, type JournalEntry } from './journal-entry.ts'
import { ProblemNote } from './problem-note.tsx'
import { When } from './when.tsx'

const PAGE = 100

/** What was said and decided, newest first, with what each did: facts of all systems beside the hub's own decisions. */
export function Timeline({
  region,
  question,
  file,
  title = 'Timeline',
}: {
  region: string
  /** `sku=…`, `orderRef=…` or `correlationId=…`. */
  question: string
  file: string
  title?: string
}): ReactNode {
  const [limit, setLimit] = useState(PAGE)
  const path = regionPath(region, `/v1/journal?${question}&limit=${limit}`)
  const { data, problem, isLoading } = useAsked<{ entries: JournalEntry[]; cursor: string | null }>(path)
  if (isLoading && data === null) return <p className="waiting">Looking through the journal …</p>
  const entries = data?.entries ?? []
  return (
    <>
      <ProblemNote problem={problem} />
      <DataTable
        title={title}
        rows={entries}
        rowKey={({ entry, event }) => `${entry} ${event.source} ${event.id}`}
        file={file}
        empty="The journal has nothing of it."
        columns={[
          {
            name: 'Recorded',
            cell: ({ recordedAt }) => <When at={recordedAt} />,
            value: ({ recordedAt }) => recordedAt,
          },
          { name: 'What', cell: ({ event }) => event.type.replace('plimsoll.', '') },
          { name: 'Said by', cell: ({ event }) => event.source },
          { name: 'Became', cell: ({ status }) => status },
          {
            name: 'Did',
            kind: 'prose',
            cell: ({ effects }) => effectWords(effects) || 'nothing to stock or demand',
          },
          {
            name: 'Version',
            kind: 'number',
            cell: ({ version }) => (version === null ? '–' : String(version)),
          },
          {
            name: 'Correlation',
            kind: 'code',
            value: ({ event }) => event.correlationid ?? '',
            cell: ({ event }) =>
              event.correlationid === undefined ? (
                '–'
              ) : (
                <Link href={`/trace/${encodeURIComponent(event.correlationid)}?region=${region}`}>
                  {event.correlationid}
                </Link>
              ),
          },
          { name: 'Id', kind: 'code', cell: ({ event }) => event.id },
        ]}
      />
      {data?.cursor != null && limit < 1000 && (
        <button type="button" className="more" onClick={() => setLimit(Math.min(1000, limit + 3 * PAGE))}>
          Show earlier ones
        </button>
      )}
    </>
  )
}
