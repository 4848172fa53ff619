import type { ReactNode } from 'react'
import type { Overview } from '../../../../shared/contract/centre-api.ts'
import { FiringAlerts } from '../alerts/firing-alerts.tsx'
import { RegionCard } from '../regions/region-card.tsx'
import { RegionFilter } from '../regions/region-filter.tsx'
import { useRegionFilter } from '../regions/use-region-filter.ts'
import { ExceptionTable } from '../tables/exception-table.tsx'
import { TransferTable } from '../tables/transfer-table.tsx'
import { VarianceTable } from '../tables/variance-table.tsx'
import { Summary } from './summary.tsx'
import type { CentreClock } from './use-centre-clock.ts'

export function Dashboard({
  overview,
  clock,
  isLost,
}: {
  overview: Overview
  clock: CentreClock
  isLost: boolean
}): ReactNode {
  const names = overview.regions.map(({ region }) => region)
  const [chosen, choose] = useRegionFilter(names)
  const isShown = (region: string | null) => chosen === null || region === chosen
  const regions = overview.regions.filter(({ region }) => isShown(region))
  const exceptionsOpen = regions.reduce((sum, { exceptionsOpen }) => sum + (exceptionsOpen ?? 0), 0)
  const variancesOpen = regions.reduce((sum, { variancesOpen }) => sum + variancesOpen, 0)
  return (
    <>
      <div className="lead">
        <Summary regions={regions} isLost={isLost} />
        {names.length > 1 && <RegionFilter regions={names} chosen={chosen} onChoose={choose} />}
      </div>
      {regions.length === 0 && (
        <p className="nothing">No region is configured: the centre has nobody to listen to.</p>
      )}
      <FiringAlerts region={chosen} nowMs={clock.nowMs} />
      <div className="cards">
        {regions.map((region) => (
          <RegionCard key={region.region} region={region} clock={clock} isLost={isLost} />
        ))}
      </div>
      <VarianceTable
        variances={overview.variances.filter(({ region }) => isShown(region))}
        openCount={variancesOpen}
        nowMs={clock.nowMs}
      />
      <ExceptionTable
        exceptions={overview.exceptions.filter(({ region }) => isShown(region))}
        openCount={exceptionsOpen}
        nowMs={clock.nowMs}
      />
      <TransferTable
        transfers={overview.transfers.filter(
          ({ fromRegion, toRegion }) => isShown(fromRegion) || isShown(toRegion),
        )}
        nowMs={clock.nowMs}
      />
    </>
  )
}
