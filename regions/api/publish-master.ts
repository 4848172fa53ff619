import { newId } from '../../shared/node/new-id.ts'
import { CanonicalEvent, type EventType } from '../../shared/contract/events.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { HUB_SOURCE } from '../inbox/own-sources.ts'
import type { MasterKind } from '../ledger/core/master-book.ts'
import type { RegionHub } from '../region-hub.ts'

export type MasterType = Extract<EventType, `${string}.upserted` | 'plimsoll.policy.activated'>
export type MasterChange = { readonly type: MasterType; readonly subject: string; readonly data: unknown }

const KINDS: Readonly<Record<MasterType, MasterKind>> = {
  'plimsoll.item.upserted': 'item',
  'plimsoll.node.upserted': 'node',
  'plimsoll.source.upserted': 'source',
  'plimsoll.mapping.upserted': 'mapping',
  'plimsoll.policy.activated': 'policy',
}

/** Master data and policies are facts like any other: published, journaled and folded before this returns, as what they were. */
export async function publishMaster(
  hub: RegionHub,
  changes: readonly MasterChange[],
  correlationId: string,
): Promise<CanonicalEvent[]> {
  const now = hub.clock.now()
  const events = changes.map(({ type, subject, data }) =>
    CanonicalEvent.parse({
      specversion: '1.0',
      id: newId(),
      source: HUB_SOURCE,
      type,
      time: formatInstant(Math.max(now, momentAfter(hub, type, subject))),
      subject,
      correlationid: correlationId,
      data,
    }),
  )
  const arrived = events.flatMap((event) =>
    event.type === 'plimsoll.item.upserted' ? [hub.items.begin(event.subject, event.data)] : [],
  )
  try {
    await hub.loop.submit(HUB_SOURCE, events)
  } finally {
    for (const end of arrived) end()
  }
  return events
}

/** The later word stands, and this one has to: even where a source with a fast clock has dated its own ahead of ours. */
function momentAfter(hub: RegionHub, type: MasterType, subject: string): number {
  const standing = hub.writer.ledger.books.master.all(KINDS[type]).get(subject)
  return standing === undefined ? 0 : standing.rank[0] + 1
}
