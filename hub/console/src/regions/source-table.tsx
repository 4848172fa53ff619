import type { ReactNode } from 'react'
import type { RegionOverview } from '../../../../shared/contract/centre-api.ts'
import { ageWords } from '../words/ages.ts'
import { countWords } from '../words/numbers.ts'

export function SourceTable({
  region,
  sources,
  nowMs,
}: {
  region: string
  sources: RegionOverview['sources']
  nowMs: number
}): ReactNode {
  return (
    <section className="sources">
      <h3 id={`sources-${region}`}>Sources</h3>
      {sources.length === 0 ? (
        <p className="hint">No source has reported to this region yet.</p>
      ) : (
        <div
          className="scroll"
          tabIndex={0}
          role="region"
          aria-labelledby={`sources-${region} region-${region}`}
        >
          <table className="small">
            <caption className="unseen">Sources of {region}</caption>
            <thead>
              <tr>
                <th scope="col">Source</th>
                <th scope="col">Role</th>
                <th scope="col" className="number">
                  Facts
                </th>
                <th scope="col" className="number">
                  Heard
                </th>
                <th scope="col" className="number">
                  Sequence
                </th>
              </tr>
            </thead>
            <tbody>
              {sources.map(({ source, role, facts, lastFactAt, highestSequence }) => (
                <tr key={source}>
                  <th scope="row">{source}</th>
                  <td>{role}</td>
                  <td className="number">{countWords(facts)}</td>
                  <td className="number">
                    {lastFactAt === null ? 'never' : ageWords(nowMs - Date.parse(lastFactAt))}
                  </td>
                  <td className="number">{countWords(highestSequence)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
