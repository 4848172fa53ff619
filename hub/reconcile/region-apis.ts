import { CORRELATION_HEADER } from '../../shared/contract/correlation.ts'
import { Unavailable } from '../../shared/node/unavailable.ts'

/** Where a region is asked, and with which key. */
export type RegionApi = { readonly region: string; readonly apiUrl: string; readonly apiKey: string }

export type RegionAnswer = { readonly status: number; readonly body: Record<string, unknown> }

const ASK_WITHIN_MS = 5_000

/** The regions' own APIs: what the centre wants done in a region, the region does. */
export class RegionApis {
  readonly #apis: ReadonlyMap<string, RegionApi>

  constructor(apis: readonly RegionApi[]) {
    this.#apis = new Map(apis.map((api) => [api.region, api]))
  }

  /** Whatever the region answers below 500. Throws Unavailable when it can't be asked, or fails. */
  async ask(
    region: string,
    path: string,
    init: { json?: unknown; idempotencyKey?: string; correlationId?: string; withinMs?: number } = {},
  ): Promise<RegionAnswer> {
    const api = this.#apis.get(region)
    if (!api) throw new Unavailable(`the centre knows no region ${region}`)
    const { json, idempotencyKey, correlationId, withinMs = ASK_WITHIN_MS } = init
    try {
      const response = await fetch(`${api.apiUrl}${path}`, {
        method: json === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${api.apiKey}`,
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
          ...(correlationId === undefined ? {} : { [CORRELATION_HEADER]: correlationId }),
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        signal: AbortSignal.timeout(withinMs),
      })
      if (response.status >= 500) throw new Error(`it answered ${response.status}`)
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    } catch (error) {
      throw new Unavailable(`region ${region} could not be asked: ${String(error)}`, { cause: error })
    }
  }
}
