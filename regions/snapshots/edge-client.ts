import * as z from 'zod'
import { PUSH_MEDIA_TYPE, PushAnswer } from '../../shared/contract/push.ts'
import type { Clock } from '../../shared/kernel/clock.ts'
import { signPush } from '../../shared/node/secrets.ts'

const PushKey = { keyId: z.string().min(1).max(64), secret: z.string().min(16) }

export const EdgeConfig = z.strictObject({
  url: z.url(),
  ...PushKey,
  /** The key until now, while keys change: it signs as long as the edge does not know the new one. */
  before: z.strictObject(PushKey).optional(),
})
export type EdgeConfig = z.infer<typeof EdgeConfig>

export type PushOutcome =
  | { readonly kind: 'applied' }
  /** The edge holds something else than the push follows on. */
  | { readonly kind: 'gap'; readonly epoch: number; readonly version: number }

/** The last part of a million skus has D1 write all of them. */
const PUSH_WITHIN_MS = 30_000

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
    const { before } = this.#config
    const { status, text } = await this.#send(body, this.#config).then((answer) =>
      answer.status === 401 && before ? this.#send(body, before) : answer,
    )
    if (status === 200) return { kind: 'applied' }
    if (status === 409) {
      const held = PushAnswer.pick({ epoch: true, version: true }).safeParse(JSON.parse(text))
      if (held.success) return { kind: 'gap', ...held.data }
    }
    throw new Error(`the edge answered ${status}: ${text.slice(0, 200)}`)
  }

  async #send(
    body: Uint8Array<ArrayBuffer>,
    { keyId, secret }: { readonly keyId: string; readonly secret: string },
  ): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`${this.#config.url}/ingest/v1/${this.#region}`, {
      method: 'POST',
      headers: {
        'content-type': PUSH_MEDIA_TYPE,
        ...signPush(this.#region, body, { id: keyId, secret }, this.#clock.now()),
      },
      body,
      signal: AbortSignal.timeout(PUSH_WITHIN_MS),
    })
    return { status: response.status, text: await response.text() }
  }
}
