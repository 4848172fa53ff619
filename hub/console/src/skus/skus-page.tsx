import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { GoTo } from '../parts/go-to.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { RegionChoice } from '../parts/region-choice.tsx'
import { useRegion } from '../shell/where.ts'

export default function SkusPage(): ReactNode {
  const [region] = useRegion()
  const [, go] = useLocation()
  return (
    <>
      <PageHead title="Skus" hint="How much of a sku lies where, what each channel may sell of it, and why.">
        <RegionChoice />
      </PageHead>
      <GoTo
        label="Sku"
        example="BOLT-M8-40"
        onGo={(sku) => go(`/skus/${encodeURIComponent(sku)}${region === null ? '' : `?region=${region}`}`)}
      />
    </>
  )
}
