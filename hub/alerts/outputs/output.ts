import type { AlertMessage } from '../../../shared/contract/alert-api.ts'
import type { Instant } from '../../../shared/kernel/clock.ts'

/** Somewhere that alerts are sent. It rejects when the message was not taken; it may be sent again under the same id. */
export type Output = {
  readonly name: string
  readonly send: (id: string, message: AlertMessage, now: Instant) => Promise<void>
}

export const SEND_WITHIN_MS = 10_000

/** Posts JSON; anything but 2xx is not taken. Redirects are not followed: what is signed is for one receiver. */
export async function postJson(url: string, body: string, headers: Record<string, string>): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(SEND_WITHIN_MS),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`it answered ${response.status}`)
}
