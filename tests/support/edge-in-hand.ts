import { join } from 'node:path'
import type { Miniflare } from 'miniflare'
import {
  databaseName,
  type EdgeWorkerConfig,
  furnishEdgeWorker,
  startEdgeWorker,
  WORKER,
} from '../../scripts/start/edge-worker.ts'
import { newKey, sha256Hex } from '../../shared/node/secrets.ts'
import type { Region } from '../../shared/domain/ids.ts'
import { freePort } from './free-port.ts'

type Database = Awaited<ReturnType<Miniflare['getD1Database']>>
type KvCopy = { readonly value: ArrayBuffer; readonly metadata: object }

/** The Worker in workerd, with its real D1 (of the first region) and KV in the test's hands. It can be stopped and started again. */
export class EdgeInHand {
  readonly url: string
  readonly channelKey = newKey('plk')
  readonly operatorKey = newKey('plo')
  readonly pushSecret = newKey('push')
  readonly #config: EdgeWorkerConfig
  readonly #entry: string | undefined
  #miniflare: Miniflare | null = null

  /** Of another entry than the Worker's own where one is named. */
  static async start(
    folder: string,
    region: Region | readonly Region[],
    entry?: string,
  ): Promise<EdgeInHand> {
    const edge = new EdgeInHand(folder, [region].flat(), await freePort(), entry)
    await edge.startAgain()
    return edge
  }

  private constructor(folder: string, regions: readonly Region[], port: number, entry: string | undefined) {
    this.#entry = entry
    this.url = `http://127.0.0.1:${port}`
    this.#config = {
      host: '127.0.0.1',
      port,
      dataDir: join(folder, 'edge'),
      regions: [...regions],
      pushSecrets: Object.fromEntries(regions.map((region) => [region, { k1: this.pushSecret }])),
      regionHubs: {},
      operatorKeySha256: sha256Hex(this.operatorKey),
      keys: [{ sha256: sha256Hex(this.channelKey), channel: 'web', regions: [...regions] }],
    }
  }

  /** An empty isolate over what D1 and KV hold. */
  async startAgain(): Promise<void> {
    await this.stop()
    this.#miniflare = await startEdgeWorker(this.#config, this.#entry)
    await this.#miniflare.ready
    await furnishEdgeWorker(this.#miniflare, this.#config)
  }

  get db(): Promise<Database> {
    return this.#miniflare!.getD1Database(databaseName(this.#config.regions[0]!), WORKER)
  }

  async copyInKv(key: string): Promise<KvCopy> {
    const kv = await this.#miniflare!.getKVNamespace('SNAPSHOTS', WORKER)
    const { value, metadata } = await kv.getWithMetadata(key, 'arrayBuffer')
    if (value === null || typeof metadata !== 'object' || metadata === null) throw new Error(`no ${key}`)
    return { value, metadata }
  }

  async putInKv(key: string, { value, metadata }: KvCopy): Promise<void> {
    const kv = await this.#miniflare!.getKVNamespace('SNAPSHOTS', WORKER)
    await kv.put(key, value, { metadata })
  }

  async get<T>(path: string, key = this.channelKey): Promise<{ readonly status: number; readonly body: T }> {
    const response = await fetch(this.url + path, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(10_000),
    })
    return { status: response.status, body: (await response.json()) as T }
  }

  async digests(): Promise<readonly string[]> {
    const [region] = this.#config.regions
    const { body } = await this.get<{ digests?: string[] }>(`/v1/digests?region=${region}`, this.operatorKey)
    return body.digests ?? []
  }

  async stop(): Promise<void> {
    await this.#miniflare?.dispose()
    this.#miniflare = null
  }
}
