import { type StreamName, STREAMS } from '../shared/contract/subjects.ts'
import { type Bus, ensureStream } from '../shared/node/nats.ts'

const DAY_MS = 86_400_000

/** The journal keeps facts for good; the streams carry them, and are kept long enough for a centre that was away. */
const KEPT_MS: Record<StreamName, number> = {
  INBOUND: 7 * DAY_MS,
  FACTS: 30 * DAY_MS,
  DECISIONS: 30 * DAY_MS,
  EXCEPTIONS: 30 * DAY_MS,
  // The newest figure of each sku, for as long as there is a channel that has to know it.
  FEEDS: 0,
  REPORTS: DAY_MS,
}

/** Creates what the region's streams lack; what is there is left as it is. */
export async function ensureStreams(bus: Bus, region: string): Promise<void> {
  for (const name of Object.keys(STREAMS) as StreamName[])
    await ensureStream(bus, {
      name,
      subjects: STREAMS[name].subjects(region),
      maxAgeMs: KEPT_MS[name],
      ...(name === 'FEEDS' ? { perSubjectMax: 1 } : {}),
    })
}
