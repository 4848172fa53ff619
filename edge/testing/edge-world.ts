import {
  applyD1Migrations,
  createExecutionContext,
  reset,
  waitOnExecutionContext,
  type D1Migration,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { PUSH_MEDIA_TYPE, SIGNATURE_HEADER } from '../../shared/contract/push.ts'
import { createApp } from '../app.ts'
import { RegionHubs, type RegionHubSettings } from '../hubs/region-hubs.ts'
import { ChannelKeys } from '../keys/channel-keys.ts'
import { KeyBook } from '../keys/key-book.ts'
import type { Places } from '../keys/places.ts'
import { PushSignatures, type PushSecrets } from '../keys/push-signature.ts'
import { RateLimits } from '../keys/rate-limits.ts'
import { sha256Hex } from '../keys/sha256-hex.ts'
import type { Env } from '../settings.ts'
import { d1RegionStore } from '../snapshots/d1-region-store.ts'
import { kvShardCopies } from '../snapshots/kv-shard-copies.ts'
import { RegionReader } from '../snapshots/region-reader.ts'
import type { RegionStore } from '../snapshots/region-store.ts'
import { pushBody, signature, type PushSpec } from './region-publisher.ts'
import { REGION_HUBS, StubbedHubs } from './stubbed-hubs.ts'

const bindings = env as unknown as Env & { TEST_MIGRATIONS: D1Migration[] }

export const SECRETS: Record<string, string> = { eu: 'eu-secret-of-tests', us: 'us-secret-of-tests' }
export const SHOP_KEY = 'plk_shop-key-of-tests'
export const OPERATOR_KEY = 'operator-key-of-tests'

/** An Instant that tests begin at; nothing in them depends on today. */
export const NOON = Date.UTC(2026, 10, 23, 12)

/** The edge of two regions over the real bindings of workerd, with a clock and a store that tests can disturb. */
export class EdgeWorld {
  now = NOON
  isStoreFailing = false
  isKvFailing = false
  /** Answers of the store that went through. */
  storeReads = 0
  app!: ReturnType<typeof createApp>
  readonly logged: string[] = []
  readonly hubs = new StubbedHubs()

  static async open(): Promise<EdgeWorld> {
    await reset()
    for (const db of [bindings.DB_EU, bindings.DB_US]) await applyD1Migrations(db!, bindings.TEST_MIGRATIONS)
    const world = new EdgeWorld()
    await world.putKey(SHOP_KEY, { channel: 'shop', segments: ['gold'], regions: ['eu', 'us'] })
    await world.anotherIsolate()
    return world
  }

  get kv(): KVNamespace {
    return bindings.SNAPSHOTS
  }

  get keys(): KVNamespace {
    return bindings.KEYS
  }

  get db(): D1Database {
    return bindings.DB_EU!
  }

  /** Forgets everything that memory holds; D1 and KV stay. */
  async anotherIsolate({
    hubs = REGION_HUBS,
    places = null,
    limiter = null,
    pushSecrets = { eu: { k1: SECRETS.eu! }, us: { k1: SECRETS.us! } },
  }: {
    hubs?: RegionHubSettings
    places?: Places | null
    limiter?: RateLimit | null
    pushSecrets?: PushSecrets
  } = {}): Promise<void> {
    const clock = { now: () => this.now }
    const log = (event: string): number => this.logged.push(event)
    const copies = kvShardCopies(bindings.SNAPSHOTS)
    const ports = (db: D1Database) => ({
      store: this.#disturbed(d1RegionStore(db)),
      copies: {
        ...copies,
        get: (region: string, shard: number) =>
          this.isKvFailing ? Promise.reject(new Error('KV is out')) : copies.get(region, shard),
      },
      clock,
      log,
    })
    this.app = createApp({
      regions: new Map([
        ['eu', new RegionReader('eu', ports(bindings.DB_EU!))],
        ['us', new RegionReader('us', ports(bindings.DB_US!))],
      ]),
      regionHubs: new RegionHubs(hubs, { fetch: this.hubs.fetch, log }),
      channelKeys: new ChannelKeys(bindings.KEYS, clock),
      keyBook: new KeyBook(bindings.KEYS, clock),
      rateLimits: new RateLimits(clock, limiter, log),
      places,
      pushSignatures: new PushSignatures(pushSecrets),
      operatorKeySha256: await sha256Hex(OPERATOR_KEY),
      clock,
      log,
    })
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const context = createExecutionContext()
    const request = new Request(`http://edge.test${path}`, init)
    const response = await this.app.fetch(request, bindings, context)
    await waitOnExecutionContext(context)
    return response
  }

  read(path: string, key = SHOP_KEY, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, { headers: { Authorization: `Bearer ${key}`, ...headers } })
  }

  async figure(path: string, key = SHOP_KEY): Promise<Figure> {
    return (await this.read(path, key)).json<Figure>()
  }

  query(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch('/v1/availability/query', {
      method: 'POST',
      headers: { Authorization: `Bearer ${SHOP_KEY}`, 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }

  push(spec: PushSpec): Promise<Response> {
    return this.send(spec.region ?? 'eu', pushBody(spec))
  }

  async send(
    region: string,
    body: Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.fetch(`/ingest/v1/${region}`, {
      method: 'POST',
      headers: {
        'Content-Type': PUSH_MEDIA_TYPE,
        [SIGNATURE_HEADER]: await signature(region, SECRETS[region]!, body, this.now),
        ...headers,
      },
      body,
    })
  }

  async digests(): Promise<{ epoch: number; version: number; digests: string[] }> {
    return (await this.read('/v1/digests?region=eu', OPERATOR_KEY)).json()
  }

  async putKey(token: string, record: unknown): Promise<void> {
    await bindings.KEYS.put(`key:${await sha256Hex(token)}`, JSON.stringify(record))
  }

  #disturbed(store: RegionStore): RegionStore {
    return {
      read: async (held, shards) => {
        if (this.isStoreFailing) throw new Error('D1 is out')
        this.storeReads++
        return store.read(held, shards)
      },
      install: async (installation) => {
        if (this.isStoreFailing) throw new Error('D1 is out')
        return store.install(installation)
      },
      stage: async (...asked) => {
        if (this.isStoreFailing) throw new Error('D1 is out')
        return store.stage(...asked)
      },
      readStaged: async (...asked) => {
        if (this.isStoreFailing) throw new Error('D1 is out')
        return store.readStaged(...asked)
      },
      readChanges: async (...asked) => {
        if (this.isStoreFailing) throw new Error('D1 is out')
        return store.readChanges(...asked)
      },
    }
  }
}

export type Figure = {
  availableToSell: number
  version: number
  asOf: string
  age: number
  freshness: string
  reasons: string[]
  sku: string
  region: string
  tier: string
  substitutes?: { sku: string; availableToSell: number }[]
}
