import type { ReactNode } from 'react'
import type { RegionOverview } from '../../../../shared/contract/centre-api.ts'
import { ageWords } from '../words/ages.ts'
import { countWords } from '../words/numbers.ts'
import { FigureItem } from './figure-item.tsx'

type Edge = RegionOverview['edge']

/** What readers are answered from: how far it has come, and whether it says the same as the ledger. */
export function EdgeFigures({ edge, nowMs }: { edge: Edge; nowMs: number }): ReactNode {
  const ageOf = (at: string | null) => (at === null ? null : ageWords(nowMs - Date.parse(at)))
  const comparedAge = ageOf(edge.comparedAt)
  return (
    <section className="edge">
      <header className="edge-head">
        <h3>Edge</h3>
        <p>
          Agrees with the ledger:{' '}
          <strong data-agrees={edge.agrees ?? 'unknown'}>{AGREES[`${edge.agrees}`]}</strong>
          {comparedAge !== null && <span className="soft"> ({comparedAge} ago)</span>}
        </p>
      </header>
      <dl className="figures">
        <FigureItem name="Version">{countWords(edge.version)}</FigureItem>
        <FigureItem name="Dirty skus">{countWords(edge.dirtySkus)}</FigureItem>
        <FigureItem name="Events for each write">{compactionWords(edge)}</FigureItem>
        <FigureItem name="Acknowledged">{ageOf(edge.acknowledgedAt) ?? '–'}</FigureItem>
      </dl>
    </section>
  )
}

const AGREES = { true: '✓ yes', false: '✕ no', null: 'not yet compared' } as const

/** What compaction saves: so many events were told with one write. */
const compactionWords = ({ eventsIn, rowsOut }: Edge): string =>
  eventsIn === null || !rowsOut ? '–' : (eventsIn / rowsOut).toFixed(1)
