import { type ReactNode, useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { ExceptionClasses, type ExceptionRow, ExceptionStates } from './exception-row.ts'
import type { Problem } from '../../../../shared/contract/problem.ts'
import { query } from '../api/query.ts'
import { regionPath } from '../api/region-path.ts'
import { send } from '../api/send.ts'
import { useAsked } from '../api/use-asked.ts'
import { DataTable } from '../parts/data-table.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { RegionChoice } from '../parts/region-choice.tsx'
import { UrlSelect, UrlText } from '../parts/url-field.tsx'
import { When } from '../parts/when.tsx'
import { useRegion } from '../shell/where.ts'

const EVERY_MS = 5_000

/** What came and could not count, and why; tried again when what it waited for is there. */
export default function ExceptionsPage(): ReactNode {
  const [region] = useRegion()
  const [params] = useSearchParams()
  const asked = new URLSearchParams({ limit: '500', status: params.get('status') ?? 'open' })
  for (const name of ['class', 'source']) {
    const value = params.get(name)
    if (value) asked.set(name, value)
  }
  const path = region === null ? null : regionPath(region, `/v1/exceptions?${asked}`)
  const { data, problem, isLoading, reload } = useAsked<{ exceptions: ExceptionRow[]; open: number }>(path, {
    everyMs: EVERY_MS,
  })
  return (
    <>
      <PageHead title="Exceptions" hint="What came and could not count, and why. Nothing of it is lost.">
        <RegionChoice />
      </PageHead>
      <div className="filters">
        <UrlSelect name="status" label="State" options={ExceptionStates} any="open" />
        <UrlSelect name="class" label="Class" options={ExceptionClasses} />
        <UrlText name="source" label="Source" />
        {region !== null && (
          <ReplayAll
            region={region}
            source={params.get('source')}
            kind={params.get('class')}
            open={data?.open ?? 0}
            onDone={reload}
          />
        )}
      </div>
      <ProblemNote problem={problem} />
      {isLoading && data === null ? (
        <p className="waiting">Asking …</p>
      ) : (
        <DataTable
          title="Exceptions"
          rows={data?.exceptions ?? []}
          rowKey={({ id }) => id}
          file={`exceptions-${region}`}
          empty="None: everything that came has counted."
          columns={[
            {
              name: 'Came',
              cell: ({ id, at }) => (
                <Link href={`/exceptions/${encodeURIComponent(id)}?region=${region}`}>
                  <When at={at} />
                </Link>
              ),
              value: ({ at }) => at,
            },
            { name: 'Source', cell: ({ source }) => source },
            { name: 'Class', cell: ({ class: named }) => named },
            { name: 'Code', kind: 'code', cell: ({ code }) => code },
            { name: 'Why', kind: 'prose', cell: ({ detail }) => detail },
            { name: 'Tried', kind: 'number', cell: ({ attempts }) => String(attempts) },
            { name: 'State', cell: ({ status }) => status },
          ]}
        />
      )}
    </>
  )
}

/** Those that fit the filters; first one may see how many would count. */
function ReplayAll({
  region,
  source,
  kind,
  open,
  onDone,
}: {
  region: string
  source: string | null
  kind: string | null
  open: number
  onDone: () => void
}): ReactNode {
  const [said, setSaid] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const isFiltered = Boolean(source || kind)
  const run = async (isTrial: boolean) => {
    setIsBusy(true)
    const asked = query({ source, class: kind, dryRun: isTrial ? 'true' : null })
    const answered = await send<{ tried: number; replayed: number }>(
      'POST',
      regionPath(region, `/v1/exceptions:replay${asked}`),
    )
    setIsBusy(false)
    setProblem(answered.ok ? null : answered.problem)
    if (!answered.ok) return setSaid(null)
    const { tried, replayed } = answered.value
    setSaid(
      isTrial
        ? `Nothing was changed: ${replayed} of ${tried} would count.`
        : `${replayed} of ${tried} count now.`,
    )
    onDone()
  }
  return (
    <>
      <button type="button" disabled={isBusy || open === 0} onClick={() => void run(true)}>
        See how many would count
      </button>
      <button type="button" disabled={isBusy || open === 0} onClick={() => void run(false)}>
        {isBusy ? 'Trying …' : isFiltered ? 'Try those that fit again' : `Try all ${open} open ones again`}
      </button>
      <p role="status">{said}</p>
      <ProblemNote problem={problem} />
    </>
  )
}
