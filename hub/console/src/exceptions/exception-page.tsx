import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type { Problem } from '../../../../shared/contract/problem.ts'
import { regionPath } from '../api/region-path.ts'
import { send } from '../api/send.ts'
import { useAsked } from '../api/use-asked.ts'
import { Facts } from '../parts/facts.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { When } from '../parts/when.tsx'
import { usePathParam } from '../shell/path-param.ts'
import { useRegion } from '../shell/where.ts'
import { CLASS_WORDS, outcomeWords, type ReplayAnswer } from './exception-words.ts'
import { type ExceptionRow, payloadText } from './exception-row.ts'

export default function ExceptionPage(): ReactNode {
  const id = usePathParam('id')
  const [region] = useRegion()
  const path = region === null ? null : regionPath(region, `/v1/exceptions/${encodeURIComponent(id)}`)
  const { data, problem, reload } = useAsked<ExceptionRow>(path)
  return (
    <>
      <PageHead title="Exception" hint={id} />
      <ProblemNote problem={problem} />
      {data !== null && path !== null && (
        <div className="split">
          <div className="stack">
            <section className="panel" aria-labelledby="why">
              <h2 id="why">Why it does not count</h2>
              <p>{data.detail}</p>
              <p className="soft">{CLASS_WORDS[data.class]}</p>
              <Facts
                facts={[
                  ['Class', data.class],
                  ['Code', data.code],
                  ['Source', data.source],
                  ['Stage', data.stage],
                  ['Came', <When key="at" at={data.at} />],
                  ['Tried', data.attempts],
                  [
                    'Correlation',
                    <Link
                      key="trace"
                      href={`/trace/${encodeURIComponent(data.correlationId)}?region=${region}`}
                    >
                      {data.correlationId}
                    </Link>,
                  ],
                ]}
              />
            </section>
            <Payload body={data.body} contentType={data.contentType} />
          </div>
          <Settle path={path} status={data.status} onDone={reload} />
        </div>
      )}
    </>
  )
}

function Payload({
  body,
  contentType,
}: {
  body: string | undefined
  contentType: string | undefined
}): ReactNode {
  const shown = body === undefined ? null : payloadText(body)
  return (
    <section className="panel" aria-labelledby="payload">
      <h2 id="payload">What came{contentType === undefined ? '' : `, ${contentType}`}</h2>
      {shown === null ? (
        <p className="soft">Its bytes are not kept here.</p>
      ) : (
        <>
          <pre className="payload" tabIndex={0}>
            {shown.text}
          </pre>
          {!shown.isWhole && <p className="hint">The beginning of it; the region keeps all of it.</p>}
        </>
      )}
    </section>
  )
}

function Settle({
  path,
  status,
  onDone,
}: {
  path: string
  status: ExceptionRow['status']
  onDone: () => void
}): ReactNode {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [said, setSaid] = useState<string | null>(null)
  const act = async (what: 'replay' | 'replay?dryRun=true' | 'discard') => {
    const answered = await send<ReplayAnswer>('POST', `${path}/${what}`)
    setProblem(answered.ok ? null : answered.problem)
    setSaid(answered.ok ? outcomeWords(answered.value) : null)
    onDone()
  }
  return (
    <section className="panel" aria-labelledby="settle">
      <h2 id="settle">It is {status}</h2>
      <p className="hint">
        Trying it again reads the same bytes with today's mappings: what counted already counts once.
        Discarding keeps the bytes and nothing else.
      </p>
      <button type="button" onClick={() => void act('replay?dryRun=true')}>
        See what a replay would do
      </button>
      <button type="button" className="primary" onClick={() => void act('replay')}>
        Try again
      </button>
      <button type="button" disabled={status !== 'open'} onClick={() => void act('discard')}>
        Discard
      </button>
      <p role="status">{said}</p>
      <ProblemNote problem={problem} />
    </section>
  )
}
