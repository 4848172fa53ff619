import { CORRELATION_HEADER } from '../../shared/contract/correlation.ts'
import { CHANNEL_HEADER } from '../../shared/contract/reservation-api.ts'
import { bearerMatcher, correlationOf, type ShortWay } from '../../shared/node/http.ts'
import { answerRaw } from '../../shared/node/raw-answer.ts'
import type { RegionHub } from '../region-hub.ts'
import { answerHold } from './answer-hold.ts'

/** An order of a few hundred lines. */
const PLAIN_BYTES_MAX = 64 * 1024

const [CORRELATION, CHANNEL] = [CORRELATION_HEADER.toLowerCase(), CHANNEL_HEADER.toLowerCase()]

/**
 * The short way of a hold with nothing unusual about it. What all requests pass costs a hold as much as deciding it. Whatever is not
 * plain here is left to the API's layers, which say what is wrong.
 */
export function plainHolds(hub: RegionHub, key: string, onFailure: (error: unknown) => void): ShortWay {
  const isIn = bearerMatcher(key)
  return (request, response) => {
    const { method, url, headers } = request
    const isPlain =
      method === 'POST' &&
      url === '/v1/reservations' &&
      isIn(headers.authorization) &&
      Number(headers['content-length']) <= PLAIN_BYTES_MAX &&
      headers.cookie === undefined &&
      hub.leading !== null
    if (!isPlain) return false
    const header = (name: string): string | undefined => headers[name] as string | undefined
    const correlationId = correlationOf(header(CORRELATION))
    const hold = (text: string) =>
      answerHold(hub, { key: header('idempotency-key'), own: header(CHANNEL), text, correlationId })
    answerRaw(request, response, correlationId, hold, onFailure)
    return true
  }
}
