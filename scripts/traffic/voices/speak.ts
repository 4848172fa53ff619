import type { Message } from '../world/world.ts'
import type { Scene } from '../world/scene.ts'
import { speakByFile } from './depot-files.ts'
import { speakInEvents } from './events-voice.ts'

/**
 * What the systems of a region say of the happenings since they last spoke; each in its own way and rhythm, so that no
 * two agree at any moment:
 *
 *   WMS    every 2 s, CloudEvents over NATS         3PL   every 20 s, X12 files over HTTP
 *   shop   every second, CloudEvents over NATS      ERP   every 3 s, CloudEvents over HTTP; its counts a minute later
 */
export function speak(scene: Scene): readonly Message[] {
  const { warehouse, depot, shop, erp } = scene.sites
  return [
    ...speakInEvents(scene, shop, { via: 'nats', everyMs: 1_000 }),
    ...speakInEvents(scene, warehouse.source, { via: 'nats', everyMs: 2_000 }),
    ...speakInEvents(scene, erp, { via: 'events', everyMs: 3_000 }),
    ...speakByFile(scene, depot, 20_000),
  ]
}
