import * as z from 'zod'
import { Region } from '../domain/ids.ts'
import { Timestamp } from './envelope.ts'

/** Hours that a trend may be asked of, and how many ms one of its points stands for then. */
export const TREND_STEP_MS = { 1: 60_000, 24: 600_000, 168: 3_600_000 } as const

/** How a region was in one step; where it was not heard of there is no point. */
export const TrendPoint = z.object({
  at: Timestamp,
  /** The most of the step: how old the region's last word was, what waited in the region, here, and for the edge. */
  watermarkAgeMs: z.number(),
  factsBehind: z.number(),
  intakePending: z.number(),
  dirtySkus: z.number(),
  /** The sums of the step: journal entries, and what was written at the edge for them. */
  eventsIn: z.number(),
  rowsOut: z.number(),
  /** The most of the step; the value in minor currency units. */
  variancesOpen: z.number(),
  varianceValue: z.number(),
})
export type TrendPoint = z.infer<typeof TrendPoint>

/** `GET /v1/trends?hours=` */
export const RegionTrend = z.object({
  region: Region,
  stepMs: z.number().int(),
  /** Oldest first. */
  points: z.array(TrendPoint),
})
export type RegionTrend = z.infer<typeof RegionTrend>
