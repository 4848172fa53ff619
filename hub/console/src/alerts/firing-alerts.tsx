import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Alert } from '../../../../shared/contract/alert-api.ts'
import { useAsked } from '../api/use-asked.ts'
import { ageWords } from '../words/ages.ts'
import { manyWords } from '../words/numbers.ts'
import { standingOf } from './alert-words.ts'

const EVERY_MS = 3_000
const SHOWN_MAX = 5
const RANK = { critical: 0, warning: 1 } as const

/** What calls for somebody now and was seen by nobody, the worst first; nothing at all when nothing does. */
export function FiringAlerts({ region, nowMs }: { region: string | null; nowMs: number }): ReactNode {
  const { data } = useAsked<{ alerts: Alert[] }>('/v1/alerts?state=firing&limit=200', { everyMs: EVERY_MS })
  const calling = (data?.alerts ?? [])
    .filter((it) => standingOf(it) === 'unseen' && (region === null || it.region === region))
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || a.since.localeCompare(b.since))
  if (calling.length === 0) return null
  return (
    <section className="panel calling" aria-labelledby="calling">
      <h2 id="calling">{manyWords(calling.length, 'alert')} that nobody has seen</h2>
      <ul className="steps">
        {calling.slice(0, SHOWN_MAX).map(({ id, summary, region: there, severity, since }) => (
          <li key={id}>
            <span className={`tag severity-${severity}`}>{severity}</span> {there}:{' '}
            <Link href={`/alerts/${id}`}>{summary}</Link>, since {ageWords(nowMs - Date.parse(since))}
          </li>
        ))}
      </ul>
      {calling.length > SHOWN_MAX && (
        <p>
          <Link href="/alerts?state=unseen">All of them</Link>
        </p>
      )}
    </section>
  )
}
