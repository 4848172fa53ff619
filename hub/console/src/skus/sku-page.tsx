import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'wouter'
import { query } from '../api/query.ts'
import { regionPath } from '../api/region-path.ts'
import { useAsked } from '../api/use-asked.ts'
import { PageHead } from '../parts/page-head.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { RegionChoice } from '../parts/region-choice.tsx'
import { Timeline } from '../parts/timeline.tsx'
import { usePathParam } from '../shell/path-param.ts'
import { useRegion, useWhere } from '../shell/where.ts'
import { Figure } from './figure.tsx'
import { PositionTable, type Positions } from './position-table.tsx'

const EVERY_MS = 2_000

export default function SkuPage(): ReactNode {
  const sku = usePathParam('sku')
  const [region] = useRegion()
  const { kind } = useWhere()
  const asOf = useSearchParams()[0].get('asOf')
  const key = encodeURIComponent(sku)
  const { data, problem } = useAsked<Positions>(
    region === null
      ? null
      : regionPath(region, `/v1/positions/${key}${query({ observations: 'true', asOf })}`),
    // What was, stays as it was.
    asOf ? {} : { everyMs: EVERY_MS },
  )
  return (
    <>
      <PageHead title={sku} hint={region === null ? 'No region is known yet.' : `In region ${region}`}>
        {kind === 'centre' && region !== null && (
          <Link href={`/reconciliation${query({ region, sku })}`}>Its open variances</Link>
        )}
        <RegionChoice />
      </PageHead>
      <ProblemNote problem={problem} />
      {region !== null && (
        <>
          {data !== null && <PositionTable positions={data} />}
          <Figure region={region} sku={sku} />
          <Timeline region={region} question={`sku=${key}`} file={`timeline-${sku}`} />
        </>
      )}
    </>
  )
}
