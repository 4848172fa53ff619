import type { HeartbeatReport } from '../../shared/contract/reports.ts'
import type { VarianceRow } from '../store/save-variances.ts'
import type { CameRight, Found } from './standing.ts'

/** What a source's own counter shows to be missing, and sources whose word has stopped: as the region says it. Pure. */
export function findSources({ region, sources, reconcileEveryMs }: HeartbeatReport): Found[] {
  return sources.flatMap(({ source, role, condition, heardAt, lastFactAt, missing }) => {
    const found: Found[] = []
    const of = { region, kind: 'source', source } as const
    if (condition !== 'fresh' && role !== 'channel')
      found.push({
        ...of,
        key: `source/${region}/${source}/silence`,
        class: 'timing',
        subject: 'silence',
        settlesAfterMs: 0,
        evidence: { condition, heardAt, lastFactAt },
        said: `${source} is ${condition}: nothing was heard since ${heardAt ?? 'ever'}`,
      })
    const count = missing.reduce((sum, { from, to }) => sum + to - from + 1, 0)
    if (count > 0)
      found.push({
        ...of,
        key: `source/${region}/${source}/counter`,
        class: 'missing-event',
        subject: 'counter',
        // What is told late is told within the cadence of an ordinary item.
        settlesAfterMs: reconcileEveryMs.B,
        difference: -count,
        evidence: { missing },
        said: `${source} has counted ${count} events that were not told`,
      })
    return found
  })
}

export const sourceCameRight = ({ subject }: VarianceRow): CameRight =>
  subject === 'counter'
    ? { state: 'replayed', detail: 'what was missing has been told' }
    : { state: 'converged', detail: 'it speaks again' }
