import type { Instant } from '../kernel/clock.ts'

const BUSY_MS_DEFAULT = 1_000
const BUSY_MS_MAX = 3_600_000

/** How long a busy system asks us to wait, in ms: `Retry-After` is seconds, or a date (RFC 9110, 10.2.3). */
export function retryAfterMs(headers: Headers, now: Instant): number {
  const said = headers.get('retry-after')
  if (said === null) return BUSY_MS_DEFAULT
  const ms = /^\d+(\.\d+)?$/.test(said) ? Number(said) * 1000 : Date.parse(said) - now
  return waitOf(ms)
}

/** A wait that is no number is a second; none is longer than an hour, or who said it wrongly is never asked again. */
export const waitOf = (ms: number): number =>
  Number.isFinite(ms) ? Math.min(Math.max(ms, 0), BUSY_MS_MAX) : BUSY_MS_DEFAULT
