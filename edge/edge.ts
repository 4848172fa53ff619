import type { Context } from 'hono'
import type { Clock } from '../shared/kernel/clock.ts'
import type { RegionHubs } from './hubs/region-hubs.ts'
import type { ChannelKeys } from './keys/channel-keys.ts'
import type { KeyBook } from './keys/key-book.ts'
import type { Places } from './keys/places.ts'
import type { PushSignatures } from './keys/push-signature.ts'
import type { RateLimits } from './keys/rate-limits.ts'
import type { Log } from './log.ts'
import type { RegionReader } from './snapshots/region-reader.ts'

/** Everything that a route may reach, joined in worker.ts, or by a test. */
export type Edge = {
  readonly regions: ReadonlyMap<string, RegionReader>
  /** Where what only a region can decide is asked. */
  readonly regionHubs: RegionHubs
  readonly channelKeys: ChannelKeys
  readonly keyBook: KeyBook
  readonly rateLimits: RateLimits
  /** Null while none are configured: then a key's first region is meant. */
  readonly places: Places | null
  readonly pushSignatures: PushSignatures
  /** Null while none is configured: then nobody is the operator. */
  readonly operatorKeySha256: string | null
  readonly clock: Clock
  readonly log: Log
}

export type EdgeContext = Context<EdgeVariables>
export type EdgeVariables = { Variables: { correlationId: string | undefined } }
export type EdgeHandler = (c: EdgeContext) => Response | Promise<Response>
