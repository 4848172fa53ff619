import type { ReactNode } from 'react'

/** Real buttons: Tab, Enter and Space work, and the chosen one says that it is pressed. */
export function RegionFilter({
  regions,
  chosen,
  onChoose,
}: {
  regions: readonly string[]
  chosen: string | null
  onChoose: (region: string | null) => void
}): ReactNode {
  return (
    <div className="region-filter" role="group" aria-label="Show region">
      {[null, ...regions].map((region) => (
        <button
          key={region ?? 'all regions'}
          type="button"
          aria-pressed={chosen === region}
          onClick={() => onChoose(region)}
        >
          {region ?? 'All'}
        </button>
      ))}
    </div>
  )
}
