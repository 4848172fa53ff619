import * as z from 'zod'
import { PUSH_MEDIA_TYPE, PushAnswer } from '../../shared/contract/push.ts'
import type { Clock } from '../../shared/kernel/clock.ts'
import { signPush } from '../../shared/node/secrets.ts'

export const EdgeConfig = z.strictObject({
  url: z.url(),
  keyId: z.string().min(1).max(64),
  secret: z.string().min(16),
})
export type EdgeConfig = z.infer<typeof EdgeConfig>

export type PushOutcome =
  | { readonly kind: 'applied' }
  /** The edge holds something else than the push follows on. */
  | { readonly kind: 'gap'; readonly epoch: number; readonly version: number }

const PUSH_WITHIN_MS = 10_000

/** Delivers signed pushes. Throws when the edge can't be reached or refuses for any other reason. */
export class EdgeClient {
  readonly #config: EdgeConfig
  readonly #region: string
  readonly #clock: Clock

  constructor(config: EdgeConfig, region: string, clock: Clock) {
    this.#config = config
    this.#region = region
    this.#clock = clock
  }

  async push(body: Uint8Array<ArrayBuffer>): Promise<PushOutcome> {
    const { url, keyId, secret } = this.#config
    const response = await fetch(`${url}/ingest/v1/${this.#region}`, {
      method: 'POST',
      headers: {
        'content-type': PUSH_MEDIA_TYPE,
        ...signPush(this.#region, body, { id: keyId, secret }, this.#clock.now()),
      },
      body,
      signal: AbortSignal.timeout(PUSH_WITHIN_MS),
    })
    const text = await response.text()
    if (response.ok) return { kind: 'applied' }
    if (response.status === 409) {
      const held = PushAnswer.pick({ epoch: true, version: true }).safeParse(JSON.parse(text))
      if (held.success) return { kind: 'gap', ...held.data }
    }
    throw new Error(`the edge answered ${response.status}: ${text.slice(0, 200)}`)
  }
}
