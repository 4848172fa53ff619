/** The ERP, or what stands before it, asks us to come back later. */
export type Busy = { readonly kind: 'busy'; readonly status: number; readonly retryAfterMs: number }

/** Without a word on when. */
const RETRY_AFTER_MS = 5000
/** A longer one would outlive whoever waits; the next answer may say it again. */
const RETRY_AFTER_MS_MAX = 3_600_000

export const isBusy = (status: number): boolean => status === 429 || status === 503

/** `Retry-After` is seconds or an HTTP date. */
export function busyOf(status: number, header: string | null, now: number): Busy {
  return { kind: 'busy', status, retryAfterMs: Math.min(RETRY_AFTER_MS_MAX, waitOf(header, now)) }
}

function waitOf(header: string | null, now: number): number {
  if (header === null) return RETRY_AFTER_MS
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? RETRY_AFTER_MS : Math.max(0, at - now)
}
