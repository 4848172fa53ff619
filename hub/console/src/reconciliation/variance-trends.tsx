import type { ReactNode } from 'react'
import { useSearchParams } from 'wouter'
import type { VarianceTrend } from '../../../../shared/contract/variance-api.ts'
import { useAsked } from '../api/use-asked.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { UrlSelect } from '../parts/url-field.tsx'
import { countWords, valueWords } from '../words/numbers.ts'
import { hoursOf, TrendChart } from './trend-chart.tsx'

const REFRESH_MS = 60_000

/** What was opened and closed, hour by hour: as a picture, and as the table that it is drawn from. */
export function VarianceTrends({ region }: { region: string | null }): ReactNode {
  const [params] = useSearchParams()
  const hours = Number(params.get('hours')) || 24
  const query = new URLSearchParams({ hours: String(hours), ...(region ? { region } : {}) })
  const { data, problem } = useAsked<{ trend: VarianceTrend[] }>(`/v1/variances/trend?${query}`, {
    everyMs: REFRESH_MS,
  })
  const trend = data?.trend ?? []
  return (
    <section className="ledger" aria-labelledby="trend">
      <header className="ledger-head trend-head">
        <h2 id="trend">Trend</h2>
        <UrlSelect
          name="hours"
          label="Over"
          any="a day"
          options={[
            ['72', 'three days'],
            ['168', 'a week'],
          ]}
        />
      </header>
      <ProblemNote problem={problem} />
      {data !== null && <TrendChart hours={hoursOf(trend, hours, Date.now())} />}
      <details className="behind">
        <summary>The figures, by class</summary>
        <div className="scroll tall" tabIndex={0} role="region" aria-label="Figures of the trend">
          <table>
            <caption className="unseen">Variances opened and closed, by hour and class</caption>
            <thead>
              <tr>
                <th scope="col">Hour from</th>
                <th scope="col">Class</th>
                <th scope="col" className="number">
                  Opened
                </th>
                <th scope="col" className="number">
                  Closed
                </th>
                <th scope="col" className="number">
                  Units opened
                </th>
                <th scope="col" className="number">
                  Value opened
                </th>
              </tr>
            </thead>
            <tbody>
              {trend.length === 0 && (
                <tr>
                  <td colSpan={6}>Nothing was opened or closed.</td>
                </tr>
              )}
              {trend.map((it) => (
                <tr key={`${it.at} ${it.class}`}>
                  <th scope="row">{HOUR.format(new Date(it.at))}</th>
                  <td>{it.class}</td>
                  <td className="number">{countWords(it.opened)}</td>
                  <td className="number">{countWords(it.closed)}</td>
                  <td className="number">{countWords(it.openedUnits)}</td>
                  <td className="number">{valueWords(it.openedValue)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  )
}

const HOUR = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})
