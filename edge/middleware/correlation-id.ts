import { CORRELATION_HEADER, CORRELATION_ID } from '../../shared/contract/correlation.ts'
import type { EdgeContext } from '../edge.ts'

/** Random for each isolate, and a count: a random UUID for every answer would cost a cached read a seventh of its rate. */
let isolate = ''
let count = 0

function newCorrelationId(): string {
  // Not at the top: Workers have no randomness before the first request.
  isolate ||= crypto.getRandomValues(new Uint8Array(12)).toHex()
  return `${isolate}-${(count++).toString(16)}`
}

/** The caller's correlation id, or one that is made for this request. */
export function correlationOf(c: EdgeContext): string {
  const known = c.get('correlationId')
  if (known !== undefined) return known
  const given = c.req.raw.headers.get(CORRELATION_HEADER)
  const id = given !== null && CORRELATION_ID.test(given) ? given : newCorrelationId()
  c.set('correlationId', id)
  return id
}
