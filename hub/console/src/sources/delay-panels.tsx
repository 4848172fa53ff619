import type { ReactNode } from 'react'
import type { EdgeStatus } from '../../../../shared/contract/edge-api.ts'
import type { JournalEntry } from '../../../../shared/contract/journal-api.ts'
import { regionPath } from '../api/region-path.ts'
import { useAsked } from '../api/use-asked.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { type Delay, DelayChart } from './delay-chart.tsx'
import { delaysOf } from './delays.ts'

/** The journal is asked for a page of its newest: that many facts are looked at. */
const FACTS = 1_000
const EVERY_MS = 15_000

/** From the sources to the region's disk. */
export function SourceDelays({ region }: { region: string }): ReactNode {
  const { data, problem, isLoading } = useAsked<{ entries: JournalEntry[] }>(
    regionPath(region, `/v1/journal?limit=${FACTS}`),
    { everyMs: EVERY_MS },
  )
  return (
    <>
      <ProblemNote problem={problem} />
      <DelayChart
        title="How long facts take"
        explains="From when it happened, by the source's own word, to the region's disk: of the latest 1,000 entries of the journal."
        delays={delaysOf(data?.entries ?? [])}
        names="Source"
        counted="Facts"
        empty={isLoading ? 'Looking through the journal …' : 'No fact has come yet.'}
      />
    </>
  )
}

const TIERS = ['A', 'B', 'C'] as const

/** From the region's ledger to the edge, where channels read. */
export function EdgeDelays({ region }: { region: string }): ReactNode {
  const { data, problem, isLoading } = useAsked<EdgeStatus>(regionPath(region, '/v1/edge'), {
    everyMs: EVERY_MS,
  })
  const delays = TIERS.flatMap((tier): Delay[] => {
    const told = data?.delays?.[tier]
    return told ? [{ name: `edge, tier ${tier}`, count: told.changes, ...told }] : []
  })
  return (
    <>
      <ProblemNote problem={problem} />
      <DelayChart
        title="How long changes take to the edge"
        explains="From the ledger to the edge's answer that it has them, their tier's window included: the latest 1,000 of each tier since the region's writer began."
        delays={delays}
        names="Destination"
        counted="Changes"
        empty={isLoading ? 'Asking the region …' : 'Nothing has changed since the region’s writer began.'}
      />
    </>
  )
}
