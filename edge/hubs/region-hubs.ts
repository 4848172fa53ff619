import * as z from 'zod'
import { CORRELATION_HEADER } from '../../shared/contract/correlation.ts'
import { CHANNEL_HEADER } from '../../shared/contract/reservation-api.ts'
import { Region } from '../../shared/domain/ids.ts'
import type { Log } from '../log.ts'
import { readBody } from '../middleware/body-limit.ts'

/** The secret REGION_HUBS: where each region's processes are (the writer, a standby), and the key of their API. */
export const RegionHubSettings = z.record(
  Region,
  z.strictObject({
    urls: z
      .array(z.url({ protocol: /^https?$/ }))
      .min(1)
      .max(4),
    key: z.string().regex(/^\S{16,512}$/),
  }),
)
export type RegionHubSettings = z.infer<typeof RegionHubSettings>

export type HubCall = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** For whom it is asked. */
  readonly channel: string
  readonly correlationId: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What the region said, as it said it. */
export type HubAnswer = { readonly status: number; readonly contentType: string; readonly body: string }

type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Who buys waits no longer. With several addresses each gets its share, so that one that hangs leaves time for the next. */
const ANSWER_MS_MAX = 3_000
/** Two hundred lines, and air. */
const ANSWER_BYTES_MAX = 256 * 1024

/**
 * Asks a region's hub itself. Its addresses are tried in order, beginning with the one that answered last: one that can't
 * be reached, hangs, or only stands by leaves the question to the next. Asking two of them does no harm: a request
 * carries its idempotency key, and a step repeated changes nothing.
 */
export class RegionHubs {
  readonly #settings: Readonly<Record<string, RegionHubSettings[Region]>>
  readonly #fetch: Fetch
  readonly #log: Log
  readonly #firstByRegion = new Map<string, number>()

  constructor(settings: RegionHubSettings, ports: { readonly fetch: Fetch; readonly log: Log }) {
    this.#settings = settings
    this.#fetch = ports.fetch
    this.#log = ports.log
  }

  /** Null when nobody there could answer. */
  async ask(region: string, call: HubCall): Promise<HubAnswer | null> {
    const hub = Object.hasOwn(this.#settings, region) ? this.#settings[region] : undefined
    if (!hub) return null
    const first = this.#firstByRegion.get(region) ?? 0
    for (let tries = 0; tries < hub.urls.length; tries++) {
      const place = (first + tries) % hub.urls.length
      const answer = await this.#askOne(region, place, call)
      if (!answer) continue
      this.#firstByRegion.set(region, place)
      return answer
    }
    return null
  }

  async #askOne(
    region: string,
    place: number,
    { method, path, channel, correlationId, headers, body }: HubCall,
  ): Promise<HubAnswer | null> {
    const { urls, key } = this.#settings[region]!
    try {
      const response = await this.#fetch(new URL(path, urls[place]).href, {
        method,
        headers: {
          ...headers,
          Authorization: `Bearer ${key}`,
          [CHANNEL_HEADER]: channel,
          [CORRELATION_HEADER]: correlationId,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal: AbortSignal.timeout(ANSWER_MS_MAX / urls.length),
      })
      const bytes = await readBody(response, ANSWER_BYTES_MAX)
      const answer = bytes && answerOf(response, bytes)
      if (!answer)
        this.#log('region-hub-can-not-answer', { region, place, status: response.status, correlationId })
      return answer
    } catch (error) {
      this.#log('region-hub-unreachable', { region, place, correlationId, error })
      return null
    }
  }
}

/**
 * Null for what is no answer to the caller: the region (or something in front of it) fails, only stands by, or refuses our own
 * key, which is no fault of the channel's.
 */
function answerOf({ status, headers }: Response, bytes: Uint8Array): HubAnswer | null {
  const contentType = headers.get('Content-Type') ?? ''
  if (status >= 500 || status === 401 || (status >= 300 && status < 400) || !IS_JSON.test(contentType))
    return null
  return { status, contentType, body: new TextDecoder().decode(bytes) }
}

const IS_JSON = /^application\/(problem\+)?json\s*(;|$)/i
