import * as z from 'zod'
import { RegionsAnswer } from '../../shared/contract/availability-api.ts'
import { httpReady } from '../start/readiness.ts'
import { ask } from './ask.ts'
import type { Installation } from './installation.ts'
import { EXIT } from './outcome.ts'
import { ageOf, bad, good, print, tableOf } from './print.ts'

/** What the centre knows of a region; it may know more than is shown. */
const CentreRegions = z.looseObject({ regions: z.array(z.looseObject({ region: z.string() })) })

/** Whether every service is ready, how far the centre has followed each region, and how far the edge has. */
export async function showStatus(installation: Installation, isJson: boolean): Promise<number> {
  const { keys, edgeUrl, centreUrl, regionUrls } = installation
  const [edgeKey = ''] = Object.values(keys.edge)
  const services = await Promise.all(
    [
      ['edge', edgeUrl] as const,
      ...Object.entries(regionUrls).map(([region, url]) => [`region-${region}`, url] as const),
      ['centre', centreUrl] as const,
    ].map(async ([service, url]) => ({ service, url, ready: await httpReady(url)() })),
  )
  const [centre, edge] = await Promise.all([
    known(CentreRegions, `${centreUrl}/v1/regions`, keys.hub),
    known(RegionsAnswer, `${edgeUrl}/v1/regions`, edgeKey),
  ])
  const status = { services, centre: centre?.regions ?? null, edge: edge?.regions ?? null }
  print(isJson, status, () => [
    tableOf(
      ['service', 'url', ''],
      services.map(({ service, url, ready }) => [service, url, ready ? good('ready') : bad('not ready')]),
    ),
    ...(status.edge ? ['', 'at the edge', edgeTable(status.edge)] : []),
    ...(status.centre ? ['', 'at the centre', centreTable(status.centre)] : []),
  ])
  return services.every(({ ready }) => ready) ? EXIT.done : EXIT.found
}

async function known<T>(schema: z.ZodType<T>, url: string, key: string): Promise<T | null> {
  const answer = await ask(url, key).catch(() => null)
  return schema.safeParse(answer?.body).data ?? null
}

const edgeTable = (regions: z.infer<typeof RegionsAnswer>['regions']): string =>
  tableOf(
    ['region', 'version', 'watermark', 'age', ''],
    regions.map(({ region, version, watermark, age, freshness }) => [
      region,
      version,
      watermark,
      `${age} ms`,
      freshness === 'fresh' ? good(freshness) : bad(freshness),
    ]),
  )

/** Columns are what the centre says in plain values; times are shown by their age. */
function centreTable(regions: z.infer<typeof CentreRegions>['regions']): string {
  const now = Date.now()
  const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object'
  const columns = [...new Set(regions.flatMap((region) => Object.keys(region)))].filter((name) =>
    regions.every((region) => isPlain(region[name])),
  )
  const cell = (value: unknown): unknown =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? `${ageOf(value, now)} ago` : value
  return tableOf(
    columns,
    regions.map((region) => columns.map((name) => cell(region[name]))),
  )
}
