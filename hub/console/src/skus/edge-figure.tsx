import type { ReactNode } from 'react'
import type { AvailabilityAnswer } from '../../../../shared/contract/availability-api.ts'
import { query } from '../api/query.ts'
import { useAsked } from '../api/use-asked.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { When } from '../parts/when.tsx'
import { countWords } from '../words/numbers.ts'

const EVERY_MS = 1_000

/** What the channel is answered at the edge now, beside what the region says: the same within the tier's window. */
export function EdgeFigure({
  region,
  sku,
  channel,
  segment,
  node,
  ofRegion,
}: {
  region: string
  sku: string
  channel: string
  segment: string | null
  node: string | null
  /** The region's own figure. */
  ofRegion: number
}): ReactNode {
  const asked = query({ channel, sku, segment, node })
  const { data, problem } = useAsked<AvailabilityAnswer>(`/v1/regions/${region}/edge${asked}`, {
    everyMs: EVERY_MS,
  })
  return (
    <section className="act" aria-labelledby="at-edge">
      <h3 id="at-edge">What the edge answers {channel}</h3>
      <ProblemNote problem={problem} />
      {data !== null && (
        <p>
          <strong>{countWords(data.availableToSell)}</strong> to sell, {data.freshness}, true{' '}
          <When at={data.asOf} />, version {countWords(data.version)}{' '}
          {data.availableToSell === ofRegion ? (
            <span className="tag tag-good">as the region says</span>
          ) : (
            <span className="tag tag-warn">the region says {countWords(ofRegion)}</span>
          )}
        </p>
      )}
    </section>
  )
}
