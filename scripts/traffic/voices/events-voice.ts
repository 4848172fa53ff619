import { formatInstant } from '../../../shared/kernel/clock.ts'
import { erpClockOffMs } from '../world/counts.ts'
import { hits, later, type Scene } from '../world/scene.ts'
import type { Happening, Message, Telling } from '../world/world.ts'

const BATCH_MAX = 100
/** Of a thousand events so many are told twice, so many late, so many with a code that nobody knows. */
const TWICE_PER_MILLE = 10
const LATE_PER_MILLE = 10
const UNKNOWN_PER_MILLE = 1

type Event = Record<string, unknown>

/** A system that speaks canonical CloudEvents: a batch of all that it hasn't told yet, when its time has come. */
export function speakInEvents(
  scene: Scene,
  source: string,
  { via, everyMs }: { readonly via: 'nats' | 'events'; readonly everyMs: number },
): readonly Message[] {
  const telling = scene.region.telling[source]!
  if (telling.untold.length === 0 || telling.nextAt > scene.now) return []
  telling.nextAt = scene.now + everyMs / scene.speed - 500
  const prompt: Event[] = []
  const slow: Event[] = []
  const aside: { event: Event; sendAt: number }[] = []
  for (const happening of telling.untold) {
    const event = eventOf(scene, telling, happening)
    if (happening.sku !== undefined && hits(scene.chance, UNKNOWN_PER_MILLE)) {
      // Somebody mistypes the item, notices, and tells it right a little later.
      prompt.push(mistyped(event))
      aside.push({ event, sendAt: later(scene, 20_000, 40_000) })
    } else if (isErpCount(scene, happening)) slow.push(event)
    else if (hits(scene.chance, LATE_PER_MILLE)) aside.push({ event, sendAt: later(scene, 5_000, 40_000) })
    else prompt.push(event)
    if (hits(scene.chance, TWICE_PER_MILLE)) aside.push({ event, sendAt: later(scene, 1_000, 20_000) })
  }
  telling.untold = []
  const message = (events: readonly Event[], sendAt: number): Message => ({
    region: scene.region.region,
    source,
    via,
    contentType: 'application/cloudevents-batch+json',
    body: JSON.stringify(events),
    events: events.length,
    sendAt,
  })
  return [
    ...batches(prompt).map((batch) => message(batch, scene.now)),
    ...batches(slow).map((batch) => message(batch, later(scene, 20_000, 60_000))),
    ...aside.map(({ event, sendAt }) => message([event], sendAt)),
  ]
}

function eventOf(scene: Scene, telling: Telling, happening: Happening): Event {
  const { teller, type, sku, key, data } = happening
  telling.serial += 1
  // Only the warehouse counts its movements; its counter tells which of them a count has seen.
  const isMovement = teller === scene.sites.warehouse.source
  if (isMovement) telling.sequence += 1
  return {
    specversion: '1.0',
    id: `${teller}-${scene.world.run}-${telling.serial}`,
    source: teller,
    type,
    time: formatInstant(happening.at + (teller === scene.sites.erp ? erpClockOffMs(scene.region.region) : 0)),
    ...(sku === undefined ? {} : { subject: sku }),
    region: scene.region.region,
    ...(isMovement ? { sequence: telling.sequence } : {}),
    businesskey: key,
    data,
  }
}

const mistyped = (event: Event): Event => ({
  ...event,
  id: `${String(event['id'])}-mistyped`,
  subject: `${String(event['subject'])}X`,
  businesskey: `${String(event['businesskey'])}/mistyped`,
})

const isErpCount = (scene: Scene, { teller, type }: Happening): boolean =>
  teller === scene.sites.erp && type === 'plimsoll.stock.counted'

function batches(events: readonly Event[]): readonly (readonly Event[])[] {
  const parts: Event[][] = []
  for (let at = 0; at < events.length; at += BATCH_MAX) parts.push(events.slice(at, at + BATCH_MAX))
  return parts
}
