import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useAsked } from '../api/use-asked.ts'
import { Facts } from '../parts/facts.tsx'
import { History } from '../parts/history.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { useDone } from '../parts/use-done.tsx'
import { When } from '../parts/when.tsx'
import { Runbook } from '../runbooks/runbook.tsx'
import { usePathParam } from '../shell/path-param.ts'
import { AlertActions, type AlertStory } from './alert-actions.tsx'
import { AlertStanding } from './alert-standing.tsx'
import { KIND_WORDS, levelWords, placeOf, STEP_WORDS } from './alert-words.ts'

const EVERY_MS = 3_000

/** One alert: what it is, what to do about it, who does, and what came of it. */
export default function AlertPage(): ReactNode {
  const id = usePathParam('id')
  const asked = useAsked<AlertStory>(`/v1/alerts/${encodeURIComponent(id)}`, { everyMs: EVERY_MS })
  const alert = asked.data
  const [done, onDone] = useDone(asked.reload)
  return (
    <>
      <PageHead title={alert?.summary ?? 'Alert'} {...(alert && { hint: KIND_WORDS[alert.kind].words })}>
        <Link href="/alerts">Back to all alerts</Link>
      </PageHead>
      <ProblemNote problem={asked.problem} />
      {done}
      {alert !== null && (
        <div className="split">
          <div className="stack">
            <Told alert={alert} />
            <Runbook name={alert.runbook}>{(title) => <h2 id="runbook">What to do: {title}</h2>}</Runbook>
          </div>
          <div className="stack">
            <AlertActions alert={alert} onDone={onDone} />
            <History steps={alert.history} words={STEP_WORDS} />
          </div>
        </div>
      )}
    </>
  )
}

function Told({ alert }: { alert: AlertStory }): ReactNode {
  const { kind, severity, region, subject, level, raise, clear, since, resolvedAt, owner, labels } = alert
  const { acknowledged, silencedUntil } = alert
  const place = placeOf(alert)
  return (
    <section className="panel" aria-labelledby="told">
      <h2 id="told">What it is</h2>
      <Facts
        facts={[
          ['State', <AlertStanding key="state" alert={alert} />],
          [
            'Severity',
            <span key="severity" className={`tag severity-${severity}`}>
              {severity}
            </span>,
          ],
          ['Region', region],
          ...(subject === '' ? [] : [['About', subject] as const]),
          ['Level', levelWords(kind, level)],
          ['Fires from', levelWords(kind, raise)],
          ['Is over below', levelWords(kind, clear)],
          ['Since', <When key="since" at={since} />],
          ...(resolvedAt === null ? [] : [['Over', <When key="over" at={resolvedAt} />] as const]),
          ...(silencedUntil === null
            ? []
            : [['Silenced', <When key="silenced" at={silencedUntil} />] as const]),
          ...(acknowledged === null ? [] : [['Seen by', acknowledged.by] as const]),
          ['Owner', owner ?? 'nobody'],
          ...Object.entries(labels),
        ]}
      />
      {place !== null && (
        <p>
          <Link href={place.href}>{place.words}</Link>
        </p>
      )}
    </section>
  )
}
