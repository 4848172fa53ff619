import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { type Keys, readKeys } from '../start/keys.ts'
import { CommandRefusal, EXIT } from './outcome.ts'

/** Where the services of a data folder are, and the keys to them. */
export type Installation = {
  readonly keys: Keys
  readonly edgeUrl: string
  readonly centreUrl: string
  /** API addresses by region, of the regions it was last started with. */
  readonly regionUrls: Readonly<Record<string, string>>
}

const ROOT = join(import.meta.dirname, '..', '..')
export const DATA_DIR_DEFAULT = join(ROOT, '.plimsoll')

/** The part of the centre's configuration that says where everybody is. */
const CentreConfig = z.object({
  http: z.object({ host: z.string(), port: z.number() }),
  regions: z.array(z.object({ region: z.string(), apiUrl: z.string() })),
  edge: z.object({ url: z.string() }),
})

export function openInstallation(data: string): Installation {
  const dataDir = resolve(data)
  const path = join(dataDir, 'hub', 'config.json')
  if (!existsSync(path))
    throw new CommandRefusal(
      `${dataDir} holds no installation: run \`npm start\` first, or name another by --data`,
    )
  const config = CentreConfig.parse(JSON.parse(readFileSync(path, 'utf8')))
  return {
    keys: readKeys(dataDir),
    edgeUrl: config.edge.url,
    centreUrl: `http://${config.http.host}:${config.http.port}`,
    regionUrls: Object.fromEntries(config.regions.map(({ region, apiUrl }) => [region, apiUrl])),
  }
}

/** The region that was named, or the only one. */
export function regionNamed(installation: Installation, named: string | undefined): string {
  const regions = Object.keys(installation.regionUrls)
  const region = named ?? (regions.length === 1 ? regions[0] : undefined)
  if (region !== undefined && regions.includes(region)) return region
  const choice = regions.join(', ')
  throw new CommandRefusal(
    region === undefined
      ? `say which region: --region (${choice})`
      : `no region ${region} here; there is ${choice}`,
    EXIT.usage,
  )
}

export type Where = { readonly region: string; readonly url: string; readonly key: string }

/** Where a region's API is, and the key to it. */
export function whereOf(installation: Installation, named: string | undefined): Where {
  const region = regionNamed(installation, named)
  return { region, url: installation.regionUrls[region]!, key: installation.keys.region[region]! }
}
