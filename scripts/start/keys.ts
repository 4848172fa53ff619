import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { createNatsUser } from '../../shared/node/nkey.ts'
import { newKey } from '../../shared/node/secrets.ts'
import { writePrivateFile } from './data-folder.ts'

/** `DATA/keys.json`. `edge`, `region` and `hub` are promised names (docs/reference); the rest is between services. */
export const Keys = z.object({
  /** By channel: what a storefront sends to the edge. */
  edge: z.record(z.string(), z.string()),
  /** By region: the bearer key of its API. */
  region: z.record(z.string(), z.string()),
  /** The bearer key of the centre, and what one signs in to the console with. */
  hub: z.string(),
  edgeOperator: z.string(),
  /** By channel that is fed: what it is told is signed with it. */
  feeds: z.record(z.string(), z.string()).default({}),
  /** By region and key id: what a region signs its pushes with. */
  push: z.record(z.string(), z.record(z.string(), z.string())),
  nats: z.object({
    /** Seeds of NATS users: the centre's, each region's hub's, each source's. */
    hub: z.string(),
    region: z.record(z.string(), z.string()),
    source: z.record(z.string(), z.record(z.string(), z.string())),
    /** By region: the password of its leaf link (Debian's server has no nkeys for leaf links). */
    leaf: z.record(z.string(), z.string()),
  }),
})
export type Keys = z.infer<typeof Keys>

export const PUSH_KEY_ID = 'k1'

export const keysFile = (dataDir: string): string => join(dataDir, 'keys.json')

export type Holders = {
  readonly channels: readonly string[]
  /** Those of them that are fed. */
  readonly fed?: readonly string[]
  /** The sources of each region that have a NATS user. */
  readonly sourcesByRegion: Readonly<Record<string, readonly string[]>>
}

/** Keys that exist stay as they are; what a newly named region or channel lacks is added. */
export function loadOrCreateKeys(dataDir: string, holders: Holders): Keys {
  const kept = existsSync(keysFile(dataDir)) ? readKeys(dataDir) : null
  const keys = completeKeys(kept, holders)
  writePrivateFile(keysFile(dataDir), `${JSON.stringify(keys, null, 2)}\n`)
  return keys
}

/** Throws with one clear line when the file is missing or is none of ours. */
export function readKeys(dataDir: string): Keys {
  const path = keysFile(dataDir)
  if (!existsSync(path)) throw new Error(`${path} is not there: has \`npm start\` been run with this folder?`)
  try {
    return Keys.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new Error(`${path} is damaged: restore it, or begin anew by \`npm start -- --fresh\``, {
      cause: error,
    })
  }
}

export function completeKeys(kept: Keys | null, { channels, fed = [], sourcesByRegion }: Holders): Keys {
  const regions = Object.keys(sourcesByRegion)
  const seed = (): string => createNatsUser().seed
  return {
    edge: complete(kept?.edge, channels, () => newKey('plk')),
    region: complete(kept?.region, regions, () => newKey('plr')),
    hub: kept?.hub ?? newKey('plh'),
    edgeOperator: kept?.edgeOperator ?? newKey('plo'),
    feeds: complete(kept?.feeds, fed, () => `whsec_${randomBytes(32).toString('base64')}`),
    push: complete<Record<string, string>>(kept?.push, regions, () => ({ [PUSH_KEY_ID]: newKey('pls') })),
    nats: {
      hub: kept?.nats.hub ?? seed(),
      region: complete(kept?.nats.region, regions, seed),
      source: {
        ...kept?.nats.source,
        ...Object.fromEntries(
          regions.map((region) => [
            region,
            complete(kept?.nats.source[region], sourcesByRegion[region]!, seed),
          ]),
        ),
      },
      leaf: complete(kept?.nats.leaf, regions, () => newKey('pll')),
    },
  }
}

function complete<T>(
  kept: Readonly<Record<string, T>> | undefined,
  names: readonly string[],
  make: () => T,
): Record<string, T> {
  return { ...Object.fromEntries(names.map((name) => [name, kept?.[name] ?? make()])), ...kept }
}
