import { useEffect, useState } from 'react'
import type { Sighting } from './use-live-overview.ts'

const TICK_MS = 1_000

export type CentreClock = {
  /** The centre's time now, in ms since 1970, reckoned from its last word and our stopwatch. */
  readonly nowMs: number
  /** How long ago the centre last spoke. */
  readonly sinceSightingMs: number
}

/** Ticks each second between the centre's words, so that an age grows also while nothing is heard. */
export function useCentreClock(sighting: Sighting | null): CentreClock {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  if (sighting === null) return { nowMs: Date.now(), sinceSightingMs: 0 }
  const sinceSightingMs = Math.max(0, performance.now() - sighting.receivedAtMs)
  return { nowMs: Date.parse(sighting.overview.at) + sinceSightingMs, sinceSightingMs }
}
