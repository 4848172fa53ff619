import type { EdgeContext } from '../edge.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { answer } from './answer.ts'
import { problem } from './problem.ts'

/** Longer than this no browser believes us (Chromium: two hours). */
const PREFLIGHT_AGE_S = 7_200
const ASKED_HEADERS =
  'Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Correlation-Id, traceparent'
const TOLD_HEADERS = 'ETag, Retry-After, X-Correlation-Id'

/**
 * The browser's question before the real one. It comes without a key, so it can't be known yet whose origin is allowed: it is
 * told that it may ask, and the answer to the real question decides.
 */
export const preflight = (c: EdgeContext, origin: string, methods: string): Response =>
  answer(c, 204, null, {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': ASKED_HEADERS,
    'Access-Control-Max-Age': String(PREFLIGHT_AGE_S),
    Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  })

/**
 * A question from a web page. A key that lists origins answers these alone; one that lists none is no key for browsers: it
 * answers, and the browser shows the answer to nobody.
 */
export async function answerToPage(
  c: EdgeContext,
  { origins }: ChannelKey,
  origin: string,
  ask: () => Response | Promise<Response>,
): Promise<Response> {
  if (origins === undefined) return ask()
  if (!origins.includes(origin))
    return problem(c, 'forbidden', { detail: 'this key does not answer pages of that origin' })
  const response = await ask()
  const { headers } = response
  headers.set('Access-Control-Allow-Origin', origin)
  headers.set('Access-Control-Expose-Headers', TOLD_HEADERS)
  headers.append('Vary', 'Origin')
  return response
}
