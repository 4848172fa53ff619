import * as z from 'zod'
import { Region } from '../../shared/domain/ids.ts'

/** The traffic generator: `node scripts/traffic/main.ts --config FILE`. */
export const TrafficConfig = z.strictObject({
  dataDir: z.string().min(1),
  /** The same seed makes the same company, and with the same run and moments the same traffic. */
  seed: z.string().min(1).default('plimsoll'),
  /** 2 = twice as fast and twice as much. */
  speed: z.number().min(0.1).max(50).default(1),
  ordersPerSecond: z.number().min(0).max(100).default(1.5),
  /** Questions to the edge, in all. */
  readsPerSecond: z.number().min(0).max(100).default(3),
  regions: z
    .array(
      z.strictObject({
        region: Region,
        apiUrl: z.url(),
        apiKey: z.string(),
        natsServer: z.string(),
        /** The nkey seeds of the region's sources. */
        seeds: z.record(z.string(), z.string()),
      }),
    )
    .min(1),
  /** Keys by channel. */
  edge: z.strictObject({ url: z.url(), keys: z.record(z.string(), z.string()) }),
})
export type TrafficConfig = z.infer<typeof TrafficConfig>
export type RegionTarget = TrafficConfig['regions'][number]
