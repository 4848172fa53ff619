import * as z from 'zod'
import type { Instant } from '../../shared/kernel/clock.ts'
import { jsonOrUndefined } from '../../shared/kernel/json-or-undefined.ts'
import { callChannel } from './call-channel.ts'
import { DeliveryFault } from './destination.ts'

const Told = z.object({ access_token: z.string().min(1), expires_in: z.number().default(900) })

/** It is asked anew so long before it ends: a call under way is not cut off. */
const BEFORE_END_MS = 60_000

/** The way to a token by OAuth 2.0: the request, and where it is sent. */
export type TokenRequest = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly form: Readonly<Record<string, string>>
}

/** An access token, asked for once and kept until shortly before its end. Nobody else ever sees it. */
export class AccessToken {
  readonly #request: TokenRequest
  #token: { readonly text: string; readonly until: Instant } | null = null

  constructor(request: TokenRequest) {
    this.#request = request
  }

  async get(now: Instant): Promise<string> {
    if (this.#token !== null && now < this.#token.until) return this.#token.text
    const { url, headers, form } = this.#request
    const answer = await callChannel(url, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      body: new URLSearchParams(form).toString(),
    })
    const told = Told.safeParse(jsonOrUndefined(answer.text))
    // What a failed answer holds is not shown: it may repeat what was sent.
    if (answer.status !== 200 || !told.success)
      throw new DeliveryFault(`no access token: HTTP ${answer.status}`)
    const { access_token: text, expires_in: seconds } = told.data
    this.#token = { text, until: now + Math.max(seconds * 1000 - BEFORE_END_MS, 0) }
    return text
  }

  /** It was refused: the next call asks for another. */
  drop(): void {
    this.#token = null
  }
}
