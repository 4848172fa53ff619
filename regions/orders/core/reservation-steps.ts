import type { ReservationStatus } from '../../../shared/contract/reservation-api.ts'

export type Step = 'confirm' | 'release' | 'extend'

/** What a step does to a reservation: it is taken, it was taken before (the answer is the same again), or it can't be. */
type Outcome = 'take' | 'again' | 'refuse'

/** A confirmed reservation has no end to extend; what was shipped can't be given back by its reservation. */
export const STEPS: Record<ReservationStatus, Record<Step, Outcome>> = {
  //           confirm             release             extend
  held: { confirm: 'take', release: 'take', extend: 'take' },
  confirmed: { confirm: 'again', release: 'take', extend: 'refuse' },
  released: { confirm: 'refuse', release: 'again', extend: 'refuse' },
  expired: { confirm: 'refuse', release: 'again', extend: 'refuse' },
  fulfilled: { confirm: 'again', release: 'refuse', extend: 'refuse' },
}
