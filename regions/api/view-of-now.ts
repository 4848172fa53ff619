import type { RegionHub } from '../region-hub.ts'
import { type View, viewAt } from './availability-view.ts'

/** The region's books at this moment. */
export function viewOfNow(hub: RegionHub): View {
  const { region, clock } = hub
  const { ledger } = hub.writer
  // A hold is over at the millisecond of its end, not when someone next looks around.
  if (ledger.books.demand.nextLapseAt <= clock.now()) hub.passTime()
  return viewAt(region, ledger.books, ledger.sequence, clock.now())
}
