import * as z from 'zod'
import { Region } from '../shared/domain/ids.ts'
import { invariant } from '../shared/kernel/invariant.ts'
import { RegionHubSettings } from './hubs/region-hubs.ts'
import { Places } from './keys/places.ts'
import type { PushSecrets } from './keys/push-signature.ts'

/** What wrangler.toml and the account's secrets bind. Each region adds its D1 as DB_<REGION>. */
export type Env = {
  readonly SNAPSHOTS: KVNamespace
  readonly KEYS: KVNamespace
  /** The regions' names, joined by commas. */
  readonly REGIONS: string
  readonly PUSH_SECRETS?: string
  readonly REGION_HUBS?: string
  readonly OPERATOR_KEY_SHA256?: string
  readonly PLACES?: string
  readonly RATE_LIMITER?: RateLimit
} & { readonly [database: `DB_${string}`]: D1Database }

export type Settings = {
  readonly regions: readonly { readonly region: string; readonly db: D1Database }[]
  readonly pushSecrets: PushSecrets
  readonly regionHubs: RegionHubSettings
  readonly operatorKeySha256: string | null
  readonly places: Places | null
}

const Secrets = z.record(Region, z.record(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), z.string().min(16)))

/** The bindings, checked. A Worker that was deployed without one of them says which, and does nothing else. */
export function settingsOf(env: Env): Settings {
  const regions = z
    .array(Region)
    .min(1)
    .parse(env.REGIONS.split(',').map((name) => name.trim()))
  return {
    regions: regions.map((region) => ({ region, db: databaseOf(env, region) })),
    pushSecrets: jsonOf(env, 'PUSH_SECRETS', Secrets) ?? {},
    regionHubs: jsonOf(env, 'REGION_HUBS', RegionHubSettings) ?? {},
    places: jsonOf(env, 'PLACES', Places),
    operatorKeySha256: env.OPERATOR_KEY_SHA256 ?? null,
  }
}

/** Says which binding is wrong and where, and nothing of what is in it: a parser's own message would quote it. */
function jsonOf<T>(
  env: Env,
  name: 'PUSH_SECRETS' | 'REGION_HUBS' | 'PLACES',
  schema: z.ZodType<T>,
): T | null {
  const text = env[name]
  if (text === undefined) return null
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new Error(`the binding ${name} is not JSON`)
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new Error(
    `the binding ${name} is wrong at ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}`,
  )
}

function databaseOf(env: Env, region: string): D1Database {
  const binding = `DB_${region.toUpperCase().replaceAll('-', '_')}` as const
  const db = env[binding]
  invariant(db, `region ${region} has no D1 binding ${binding}`)
  return db
}
