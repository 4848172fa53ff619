import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { CentreProcess } from './centre-process.ts'
import { ConsoleBrowser, type Sitting } from './console-browser.ts'
import { EdgeProcess } from './edge-process.ts'
import { freePort } from './free-port.ts'
import { startCentral, startLeaf } from './nats-servers.ts'
import { RegionProcess } from './region-process.ts'

/** By whom and why a test sets a region's own policies. */
export const SIGNED = { author: 'ada', reason: 'a test' }

/** Who sits at the console: tokens of these names and roles, in the region eu. */
const PEOPLE = { vic: 'viewer', ada: 'operator', ben: 'approver' } as const
export type SomeOne = keyof typeof PEOPLE

/** What else the configurations of its processes say. */
type Options = { edge?: true; centre?: Record<string, unknown>; region?: Record<string, unknown> }

type Stop = () => void | Promise<void>

/** A centre with one region (eu) and people at its console, in Chromium; with an edge where it is asked for. */
export class ConsoleWorld {
  readonly region: RegionProcess
  readonly centre: CentreProcess
  /** Null where none was asked for. */
  readonly edge: EdgeProcess | null
  readonly #tokens: ReadonlyMap<SomeOne, string>
  readonly #browser: ConsoleBrowser
  readonly #stops: readonly Stop[]
  #events = 0

  static async start(options: Options = {}): Promise<ConsoleWorld> {
    const stops: Stop[] = []
    try {
      return await startWorld(options, stops)
    } catch (error) {
      await stopAll(stops)
      throw error
    }
  }

  constructor(parts: {
    edge: EdgeProcess | null
    region: RegionProcess
    centre: CentreProcess
    tokens: ReadonlyMap<SomeOne, string>
    browser: ConsoleBrowser
    stops: readonly Stop[]
  }) {
    this.edge = parts.edge
    this.region = parts.region
    this.centre = parts.centre
    this.#tokens = parts.tokens
    this.#browser = parts.browser
    this.#stops = parts.stops
  }

  /** Opens a page of the centre's console; without a name by the centre's key, which may do everything. */
  sit(who: SomeOne | null, path: string): Promise<Sitting> {
    const key = who === null ? CentreProcess.key : this.#tokens.get(who)!
    return this.#browser.sit(this.centre.url, path, key)
  }

  /** Something that a source says of a sku at ber1. */
  async tell(source: string, type: string, sku: string, atMs: number, data: object): Promise<void> {
    const json = {
      specversion: '1.0',
      id: `e${++this.#events}`,
      source,
      type: `plimsoll.stock.${type}`,
      time: formatInstant(atMs),
      subject: sku,
      data: { node: 'ber1', ...data },
    }
    const contentType = 'application/cloudevents+json'
    const { status, body } = await this.region.call('/v1/events', { json, contentType })
    if (status >= 300) throw new Error(`${type} of ${sku}: ${status} ${JSON.stringify(body)}`)
  }

  async stop(): Promise<void> {
    await stopAll(this.#stops)
  }
}

/** What was started is stopped even if the rest could not be. */
async function startWorld(options: Options, stops: Stop[]): Promise<ConsoleWorld> {
  const stopping = <T extends { stop: Stop }>(it: T): T => {
    stops.push(() => it.stop())
    return it
  }
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-console-'))
  stops.push(() => rmSync(folder, { recursive: true, force: true }))
  const central = stopping(await startCentral())
  const leaf = stopping(await startLeaf({ region: 'eu', leafPort: central.leafPort }))
  const edge = options.edge ? stopping(await EdgeProcess.start({ folder, regions: ['eu'] })) : null
  const region = new RegionProcess({
    region: 'eu',
    folder,
    nats: leaf.url,
    port: await freePort(),
    ...(options.region ? { more: options.region } : {}),
    ...(edge ? { edgeUrl: edge.url, pushSecret: edge.pushSecret('eu') } : {}),
  })
  stopping(region)
  await region.start()
  // Of any tier: a test does not wait for what people may.
  await region.put('/v1/policies/tierSettings/*', {
    windowMs: 50,
    freshForMs: 5_000,
    reconcileEveryMs: 1_000,
    ...SIGNED,
  })
  const centre = stopping(
    await CentreProcess.start({
      folder,
      nats: central.url,
      regions: [{ region: 'eu', apiUrl: region.url, apiKey: RegionProcess.key }],
      ...(edge ? { edge: { url: edge.url, operatorKey: edge.operatorKey } } : {}),
      more: options.centre ?? {},
    }),
  )
  const tokens = new Map<SomeOne, string>()
  for (const [name, role] of Object.entries(PEOPLE) as [SomeOne, string][])
    tokens.set(name, await letIn(centre, name, role))
  const browser = await ConsoleBrowser.launch()
  stops.push(() => browser.close())
  return new ConsoleWorld({ edge, region, centre, tokens, browser, stops })
}

async function stopAll(stops: readonly Stop[]): Promise<void> {
  for (const stop of stops.toReversed()) await stop()
}

async function letIn(centre: CentreProcess, name: string, role: string): Promise<string> {
  const response = await fetch(`${centre.url}/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CentreProcess.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, grants: [{ role, regions: ['eu'] }] }),
    signal: AbortSignal.timeout(10_000),
  })
  return ((await response.json()) as { token: string }).token
}
