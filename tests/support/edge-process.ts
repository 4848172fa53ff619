import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { freePort } from './free-port.ts'
import { endChild, firstWords } from './child.ts'
import { newKey, sha256Hex } from '../../shared/node/secrets.ts'

const MAIN = new URL('../../scripts/start/edge-server.ts', import.meta.url).pathname
const READY_WITHIN_MS = 30_000

export type EdgeAnswer = {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: Headers
}

/** The Worker in workerd with its D1 and KV on disk, as its own process. */
export class EdgeProcess {
  readonly url: string
  readonly channelKey: string
  readonly operatorKey: string
  readonly #secrets: Readonly<Record<string, string>>
  readonly #child: ChildProcessByStdio<null, Readable, null>

  /** The demo key sells as `web`, in all regions. */
  static async start(options: {
    folder: string
    regions: readonly string[]
    channel?: string
    port?: number
    /** Where reservations are passed on to. */
    regionHubs?: Readonly<Record<string, { urls: readonly string[]; key: string }>>
    /** Tokens of other channels. */
    otherKeys?: Readonly<Record<string, string>>
  }): Promise<EdgeProcess> {
    const {
      folder,
      regions,
      channel = 'web',
      port = await freePort(),
      regionHubs = {},
      otherKeys = {},
    } = options
    const [channelKey, operatorKey] = [newKey('plk'), newKey('plo')]
    const secrets = Object.fromEntries(regions.map((region) => [region, newKey('push')]))
    const configFile = join(folder, 'edge.json')
    writeFileSync(
      configFile,
      JSON.stringify({
        port,
        dataDir: join(folder, 'edge'),
        regions,
        pushSecrets: Object.fromEntries(
          Object.entries(secrets).map(([region, secret]) => [region, { k1: secret }]),
        ),
        operatorKeySha256: sha256Hex(operatorKey),
        regionHubs,
        keys: Object.entries({ ...otherKeys, [channel]: channelKey }).map(([name, key]) => ({
          sha256: sha256Hex(key),
          channel: name,
          regions,
        })),
      }),
    )
    const child = spawn(process.execPath, [MAIN, '--config', configFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const url = await firstWords(child, /"url":"(http:[^"]+)"/, READY_WITHIN_MS)
    return new EdgeProcess({ url, channelKey, operatorKey, secrets, child })
  }

  private constructor(parts: {
    url: string
    channelKey: string
    operatorKey: string
    secrets: Record<string, string>
    child: ChildProcessByStdio<null, Readable, null>
  }) {
    this.url = parts.url
    this.channelKey = parts.channelKey
    this.operatorKey = parts.operatorKey
    this.#secrets = parts.secrets
    this.#child = parts.child
  }

  pushSecret(region: string): string {
    return this.#secrets[region]!
  }

  get(path: string): Promise<EdgeAnswer> {
    return this.call(path)
  }

  /** As the demo key's channel, unless another key is named. */
  async call(
    path: string,
    init: { method?: string; json?: unknown; headers?: Record<string, string>; key?: string } = {},
  ): Promise<EdgeAnswer> {
    const { json, key = this.channelKey, method = json === undefined ? 'GET' : 'POST', headers } = init
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(10_000),
    })
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown>,
      headers: response.headers,
    }
  }

  /** Null while the edge doesn't know the sku. */
  async availableToSell(sku: string, region?: string): Promise<number | null> {
    const { status, body } = await this.get(
      `/v1/availability/${encodeURIComponent(sku)}${region ? `?region=${region}` : ''}`,
    )
    return status === 200 ? (body['availableToSell'] as number) : null
  }

  async stop(): Promise<void> {
    await endChild(this.#child, 'SIGTERM')
  }
}
