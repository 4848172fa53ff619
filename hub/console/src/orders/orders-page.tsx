import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { GoTo } from '../parts/go-to.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { RegionChoice } from '../parts/region-choice.tsx'
import { useRegion } from '../shell/where.ts'

export default function OrdersPage(): ReactNode {
  const [region] = useRegion()
  const [, go] = useLocation()
  const suffix = region === null ? '' : `?region=${region}`
  return (
    <>
      <PageHead title="Orders" hint="How far an order is, in every system that has to know of it.">
        <RegionChoice />
      </PageHead>
      <GoTo
        label="Order"
        example="web:1000"
        onGo={(ref) => go(`/orders/${encodeURIComponent(ref)}${suffix}`)}
      />
      <GoTo
        label="Correlation id"
        example="what a system, a log or a problem names"
        onGo={(id) => go(`/trace/${encodeURIComponent(id)}${suffix}`)}
      />
    </>
  )
}
