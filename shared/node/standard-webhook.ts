import { createHmac } from 'node:crypto'
import type { Instant } from '../kernel/clock.ts'

/** `whsec_` and 24 to 64 bytes in base64, as Standard Webhooks writes a secret. */
export const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/

/**
 * The headers of a signed POST, as Standard Webhooks has it: a receiver checks it with any library for that. The key is the
 * bytes of a `whsec_` secret, or a text of our own.
 */
export function webhookHeaders(
  secret: string,
  { id, body, now }: { id: string; body: string; now: Instant },
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  const key = WEBHOOK_SECRET.test(secret) ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
