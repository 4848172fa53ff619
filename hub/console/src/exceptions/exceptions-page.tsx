import { type ReactNode, useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { ExceptionClasses, type ExceptionRow, ExceptionStates } from './exception-row.ts'
import type { Problem } from '../../../../shared/contract/problem.ts'
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
        {region !== null && <ReplayAll region={region} open={data?.open ?? 0} onDone={reload} />}
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

function ReplayAll({
  region,
  open,
  onDone,
}: {
  region: string
  open: number
  onDone: () => void
}): ReactNode {
  const [said, setSaid] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const onClick = async () => {
    setIsBusy(true)
    const answered = await send<{ tried: number; replayed: number }>(
      'POST',
      regionPath(region, '/v1/exceptions:replay'),
    )
    setIsBusy(false)
    setProblem(answered.ok ? null : answered.problem)
    setSaid(answered.ok ? `${answered.value.replayed} of ${answered.value.tried} count now.` : null)
    onDone()
  }
  return (
    <>
      <button type="button" disabled={isBusy || open === 0} onClick={() => void onClick()}>
        {isBusy ? 'Trying …' : `Try all ${open} open ones again`}
      </button>
      <p role="status">{said}</p>
      <ProblemNote problem={problem} />
    </>
  )
}
