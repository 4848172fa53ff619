import type { Edge } from './edge.ts'
import { RegionHubs } from './hubs/region-hubs.ts'
import { ChannelKeys } from './keys/channel-keys.ts'
import { KeyBook } from './keys/key-book.ts'
import { PushSignatures } from './keys/push-signature.ts'
import { RateLimits } from './keys/rate-limits.ts'
import { consoleLog } from './log.ts'
import { settingsOf, type Env } from './settings.ts'
import { d1RegionStore } from './snapshots/d1-region-store.ts'
import { kvShardCopies } from './snapshots/kv-shard-copies.ts'
import { RegionReader } from './snapshots/region-reader.ts'

/** Everything that an isolate has, joined over its bindings; it holds nothing of the regions yet. */
export function edgeOf(env: Env): Edge {
  const clock = { now: () => Date.now() }
  const settings = settingsOf(env)
  const copies = kvShardCopies(env.SNAPSHOTS)
  const regions = settings.regions.map(
    ({ region, db }) =>
      [
        region,
        new RegionReader(region, { store: d1RegionStore(db), copies, clock, log: consoleLog }),
      ] as const,
  )
  return {
    regions: new Map(regions),
    regionHubs: new RegionHubs(settings.regionHubs, {
      fetch: (url, init) => fetch(url, init),
      log: consoleLog,
    }),
    channelKeys: new ChannelKeys(env.KEYS, clock),
    keyBook: new KeyBook(env.KEYS, clock),
    rateLimits: new RateLimits(clock, env.RATE_LIMITER ?? null, consoleLog),
    places: settings.places,
    pushSignatures: new PushSignatures(settings.pushSecrets),
    operatorKeySha256: settings.operatorKeySha256,
    clock,
    log: consoleLog,
  }
}
