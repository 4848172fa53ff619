import { uuidv7 } from 'uuidv7'
import { CanonicalEvent, type EventType } from '../../shared/contract/events.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { HUB_SOURCE } from '../inbox/own-sources.ts'
import type { RegionHub } from '../region-hub.ts'

export type MasterChange = { readonly type: EventType; readonly subject: string; readonly data: unknown }

/** Master data and policies are facts like any other: published, journaled and folded before this returns. */
export async function publishMaster(
  hub: RegionHub,
  changes: readonly MasterChange[],
  correlationId: string,
): Promise<void> {
  const time = formatInstant(hub.clock.now())
  const events = changes.map(({ type, subject, data }) =>
    CanonicalEvent.parse({
      specversion: '1.0',
      id: uuidv7(),
      source: HUB_SOURCE,
      type,
      time,
      subject,
      correlationid: correlationId,
      data,
    }),
  )
  await hub.loop.submit(HUB_SOURCE, events)
}
