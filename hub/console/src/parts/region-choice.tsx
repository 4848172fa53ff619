import type { ReactNode } from 'react'
import { useRegion, useWhere } from '../shell/where.ts'

/** Which region a page is of, where there is more than one. */
export function RegionChoice(): ReactNode {
  const { regions } = useWhere()
  const [chosen, choose] = useRegion()
  if (regions.length < 2) return null
  return (
    <div className="region-filter" role="group" aria-label="Region">
      {regions.map((region) => (
        <button key={region} type="button" aria-pressed={region === chosen} onClick={() => choose(region)}>
          {region}
        </button>
      ))}
    </div>
  )
}
