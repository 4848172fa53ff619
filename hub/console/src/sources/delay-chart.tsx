import { type ReactNode, useId } from 'react'
import { spanWords } from '../words/ages.ts'
import { countWords } from '../words/numbers.ts'

/** Half of them, 95 and 99 of 100 took no longer than this. */
export type Delay = {
  readonly name: string
  readonly count: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

const [FROM_MS, WIDTH] = [1, 100]

/** How long things take, on a scale of tens, as delays are; the figures stand beside it. */
export function DelayChart({
  title,
  explains,
  delays,
  names,
  counted,
  empty,
}: {
  title: string
  explains: string
  delays: readonly Delay[]
  /** What the rows are, and what was counted of each. */
  names: string
  counted: string
  empty: string
}): ReactNode {
  const id = useId()
  return (
    <section className="ledger" aria-labelledby={id}>
      <header className="ledger-head">
        <h2 id={id}>{title}</h2>
        <p className="soft">{explains}</p>
      </header>
      {delays.length === 0 ? (
        <p className="nothing">{empty}</p>
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-labelledby={id}>
          <Bars title={title} delays={delays} names={names} counted={counted} />
        </div>
      )}
    </section>
  )
}

function Bars({
  title,
  delays,
  names,
  counted,
}: {
  title: string
  delays: readonly Delay[]
  names: string
  counted: string
}): ReactNode {
  const most = Math.max(10, ...delays.map(({ p99Ms }) => p99Ms))
  const place = (ms: number) => (Math.log10(Math.max(FROM_MS, ms)) / Math.log10(most)) * WIDTH
  return (
    <table>
      <caption className="unseen">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{names}</th>
          <th scope="col" className="delay-cell">
            1 ms to {spanWords(most)}
          </th>
          {['Half', '95 %', '99 %', counted].map((name) => (
            <th key={name} scope="col" className="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {delays.map(({ name, count, p50Ms, p95Ms, p99Ms }) => (
          <tr key={name}>
            <th scope="row" className="code">
              {name}
            </th>
            <td className="delay-cell">
              <svg viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
                <rect className="delay-99" width={place(p99Ms)} y="3.5" height="3" />
                <rect className="delay-95" width={place(p95Ms)} y="2" height="6" />
                <rect className="delay-50" width={place(p50Ms)} y="0" height="10" />
              </svg>
            </td>
            <td className="number">{spanWords(p50Ms)}</td>
            <td className="number">{spanWords(p95Ms)}</td>
            <td className="number">{spanWords(p99Ms)}</td>
            <td className="number">{countWords(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
