import type { ReactNode } from 'react'
import { PageHead } from '../parts/page-head.tsx'
import { Timeline } from '../parts/timeline.tsx'
import { usePathParam } from '../shell/path-param.ts'
import { useWhere } from '../shell/where.ts'

/** Everything that came of one request or message, across systems: an order may have gone through several regions. */
export default function TracePage(): ReactNode {
  const id = usePathParam('id')
  const { regions } = useWhere()
  return (
    <>
      <PageHead title="What came of it" hint={`Correlation id ${id}`} />
      {regions.map((region) => (
        <Timeline
          key={region}
          region={region}
          title={`In ${region}`}
          question={`correlationId=${encodeURIComponent(id)}`}
          file={`trace-${region}-${id}`}
        />
      ))}
    </>
  )
}
