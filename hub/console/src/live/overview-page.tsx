import type { ReactNode } from 'react'
import { useLive } from '../shell/live-context.ts'
import { Dashboard } from './dashboard.tsx'
import { useCentreClock } from './use-centre-clock.ts'

/** Every region at once, as the centre says it each second. */
export default function OverviewPage(): ReactNode {
  const { sighting, connection } = useLive()
  const clock = useCentreClock(sighting)
  if (sighting === null) return <p className="waiting">Waiting for the centre's first word …</p>
  return <Dashboard overview={sighting.overview} clock={clock} isLost={connection === 'lost'} />
}
