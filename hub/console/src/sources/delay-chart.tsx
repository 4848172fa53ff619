import type { ReactNode } from 'react'
import { spanWords } from '../words/ages.ts'
import { countWords } from '../words/numbers.ts'
import type { Delays } from './delays.ts'

const [FROM_MS, WIDTH] = [1, 100]

/** By source: half of its facts, 95 and 99 of 100 took no longer than this. On a scale of tens, as delays are. */
export function DelayChart({ delays }: { delays: readonly Delays[] }): ReactNode {
  const most = Math.max(10, ...delays.map(({ p99Ms }) => p99Ms))
  const place = (ms: number) => (Math.log10(Math.max(FROM_MS, ms)) / Math.log10(most)) * WIDTH
  return (
    <div className="scroll" tabIndex={0} role="region" aria-labelledby="delays">
      <table>
        <caption className="unseen">Delay by source</caption>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col" className="delay-cell">
              1 ms to {spanWords(most)}
            </th>
            <th scope="col" className="number">
              Half
            </th>
            <th scope="col" className="number">
              95 %
            </th>
            <th scope="col" className="number">
              99 %
            </th>
            <th scope="col" className="number">
              Facts
            </th>
          </tr>
        </thead>
        <tbody>
          {delays.map(({ source, facts, p50Ms, p95Ms, p99Ms }) => (
            <tr key={source}>
              <th scope="row" className="code">
                {source}
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
              <td className="number">{countWords(facts)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
