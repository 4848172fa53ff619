import type { ReactNode } from 'react'
import { PageHead } from '../parts/page-head.tsx'
import { RegionChoice } from '../parts/region-choice.tsx'
import { Timeline } from '../parts/timeline.tsx'
import { usePathParam } from '../shell/path-param.ts'
import { useRegion } from '../shell/where.ts'

/** Everything that came of one request or message, across systems. */
export default function TracePage(): ReactNode {
  const id = usePathParam('id')
  const [region] = useRegion()
  return (
    <>
      <PageHead title="What came of it" hint={`Correlation id ${id}`}>
        <RegionChoice />
      </PageHead>
      {region !== null && (
        <Timeline region={region} question={`correlationId=${encodeURIComponent(id)}`} file={`trace-${id}`} />
      )}
    </>
  )
}
