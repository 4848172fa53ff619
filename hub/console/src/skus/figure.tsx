import type { ReactNode } from 'react'
import { useSearchParams } from 'wouter'
import type { Explanation, RegionAvailabilityAnswer } from '../../../../shared/contract/availability-api.ts'
import { regionPath } from '../api/region-path.ts'
import { useAsked } from '../api/use-asked.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { UrlText } from '../parts/url-field.tsx'
import { useWhere } from '../shell/where.ts'
import { Derivation } from './derivation.tsx'
import { EdgeFigure } from './edge-figure.tsx'

type Explained = RegionAvailabilityAnswer & { readonly explain: Explanation }

const EVERY_MS = 2_000

/** What a channel may sell, and how that number comes about. */
export function Figure({ region, sku }: { region: string; sku: string }): ReactNode {
  const [params] = useSearchParams()
  const { kind } = useWhere()
  const asked = new URLSearchParams({ explain: 'true' })
  for (const name of ['channel', 'segment', 'node', 'asOf']) {
    const value = params.get(name)
    if (value) asked.set(name, value)
  }
  const path = regionPath(region, `/v1/availability/${encodeURIComponent(sku)}?${asked}`)
  const { data, problem } = useAsked<Explained>(path, asked.has('asOf') ? {} : { everyMs: EVERY_MS })
  return (
    <section className="panel" aria-labelledby="figure">
      <h2 id="figure">What may be sold</h2>
      <div className="filters">
        <UrlText name="channel" label="Channel" />
        <UrlText name="segment" label="Segment" />
        <UrlText name="node" label="Node" />
        <UrlText name="asOf" label="As of (empty: now)" />
      </div>
      <ProblemNote problem={problem} />
      {data !== null && (
        <>
          <p className="figure">
            <strong>{data.availableToSell.toLocaleString('en')}</strong> to sell
            {data.channel === undefined ? ' by any channel' : ` by ${data.channel}`}, tier {data.tier},{' '}
            {data.freshness}
            {data.reasons.length > 0 && ` (${data.reasons.join('; ')})`}
          </p>
          {kind === 'centre' && data.channel !== undefined && !asked.has('asOf') && (
            <EdgeFigure
              region={region}
              sku={sku}
              channel={data.channel}
              segment={params.get('segment')}
              node={params.get('node')}
              ofRegion={data.availableToSell}
            />
          )}
          <Derivation sku={sku} answer={data} explanation={data.explain} />
        </>
      )}
    </section>
  )
}
