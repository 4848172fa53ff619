import { retryAfterMs } from '../../shared/node/retry-after.ts'
import type { Delivered } from './destination.ts'
import { DeliveryFault } from './destination.ts'

const ANSWER_WITHIN_MS = 10_000
/** A shop answers a batch with a hundred whole products. */
const ANSWER_CHARS_MAX = 8 * 1024 * 1024

export type ChannelAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** One request to a channel, and its answer whatever it is. Redirects are not followed: what is signed is for one receiver. */
export async function callChannel(
  url: string | URL,
  init: { method: string; headers: Record<string, string>; body?: string },
): Promise<ChannelAnswer> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    const text = (await response.text()).slice(0, ANSWER_CHARS_MAX)
    return { status: response.status, headers: response.headers, text }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    // Where it was sent stands in the configuration; its query may hold a key.
    const why = isLate ? `no answer within ${ANSWER_WITHIN_MS} ms` : causeOf(error)
    throw new DeliveryFault(why, { cause: error })
  }
}

/** `fetch failed` says nothing; what it was caused by does. */
function causeOf(error: unknown): string {
  const cause =
    error instanceof Error ? (error.cause as { code?: string; message?: string } | undefined) : null
  return cause?.code ?? cause?.message ?? String(error)
}

/**
 * What an answer that is no success means for the whole batch: come again later, or no one will ever have it so. Null of a
 * success. Whatever else (a wrong key, a wrong address, a failing server) is a fault: it is tried on until somebody mends it.
 */
export function refusalOfAll({ status, headers, text }: ChannelAnswer, now: number): Delivered | null {
  if (status >= 200 && status < 300) return null
  const detail = `HTTP ${status}${text === '' ? '' : ` ${text.slice(0, 256)}`}`
  if (status === 429 || status === 503)
    return { taken: [], refused: [], busy: { retryAfterMs: retryAfterMs(headers, now), detail } }
  if (status === 400 || status === 409 || status === 413 || status === 422)
    return { taken: [], refused: [], unfit: { code: `http-${status}`, detail } }
  throw new DeliveryFault(detail)
}
