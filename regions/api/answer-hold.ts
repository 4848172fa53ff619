import { type FieldError, fieldErrors } from '../../shared/contract/problem.ts'
import {
  type ReservationAnswer,
  ReserveRequest,
  TTL_SECONDS_DEFAULT,
} from '../../shared/contract/reservation-api.ts'
import { jsonOrUndefined } from '../../shared/kernel/json-or-undefined.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import type { Refusal } from '../../shared/node/http.ts'
import type { Answer } from '../../shared/node/raw-answer.ts'
import type { DeskAnswer } from '../orders/reservation-desk.ts'
import type { RegionHub } from '../region-hub.ts'
import { askedOf, nothingHeld } from './asked-lines.ts'
import { digestOf, IdempotencyKey } from './idempotency-key.ts'

/** What is asked, as it came. */
type HoldRequest = {
  readonly key: string | undefined
  /** The channel that may be named, where the caller may name one only. */
  readonly own: string | undefined
  readonly text: string
  readonly correlationId: string
}

/** On the way of a sale each part costs: the body is read and checked once, here. */
export async function answerHold(
  hub: RegionHub,
  { key, own, text, correlationId }: HoldRequest,
): Promise<Answer> {
  const { desk } = hub.writing()
  if (!IdempotencyKey.safeParse(key).success) return NO_KEY
  const json = jsonOrUndefined(text)
  if (json === undefined) return refusal('malformed', { detail: 'the body is no JSON' })
  const parsed = ReserveRequest.safeParse(json)
  if (!parsed.success) return refusal('invalid', { errors: fieldErrors(parsed.error) })
  const { channel } = parsed.data
  const ttl = ttlOf(hub, channel, parsed.data.ttlSeconds)
  if (!ttl.ok) return refusal('invalid', { errors: [ttl.error] })
  if (own !== undefined && own !== channel)
    return refusal('forbidden', { detail: `this is asked for ${own}, and names another channel` })
  const asked = askedOf(hub, parsed.data)
  if (!asked.ok) return refusal(asked.error.code, { errors: [asked.error.error] })
  const answer = await desk.ask({
    kind: 'reserve',
    asked: asked.value,
    ttlMs: ttl.value * 1000,
    request: { key: digestOf(`${channel}\n${key}`), digest: digestOf(text) },
    correlationId,
  })
  return answerOf(ownAnswer(hub, answer, own), 201)
}

const refusal = (code: Refusal['code'], fields: Refusal['fields'] = {}): Refusal => ({ code, fields })

const NO_KEY = refusal('malformed', {
  errors: [
    {
      path: 'Idempotency-Key',
      message: 'send one: 1-255 printable ASCII characters, a new one for each new request',
    },
  ],
})

export const isOwn = ({ channel }: ReservationAnswer, own: string | undefined): boolean =>
  own === undefined || channel === own

type ApiAnswer = DeskAnswer | { readonly code: 'held-by-another-channel' }

/** What an order holds for another channel is no part of the answer: neither what it is, nor its name. */
function ownAnswer(hub: RegionHub, answer: DeskAnswer, own: string | undefined): ApiAnswer {
  const named =
    answer.code === 'already-reserved'
      ? hub.reservation(answer.reservation)
      : answer.code === 'done'
        ? answer.reservation
        : null
  return named && !isOwn(named, own) ? { code: 'held-by-another-channel' } : answer
}

/** As long as was asked, else as the channel's policy says; never longer than that allows. */
function ttlOf(hub: RegionHub, channel: string, asked: number | undefined): Result<number, FieldError> {
  const policy = hub.writer.ledger.books.master.policy('hold', { channel })
  const seconds = asked ?? policy?.ttlSeconds ?? TTL_SECONDS_DEFAULT
  if (seconds <= (policy?.ttlSecondsMax ?? seconds)) return ok(seconds)
  return err({
    path: 'ttlSeconds',
    message: `${channel} may hold for ${policy!.ttlSecondsMax} seconds at most`,
  })
}

export function answerOf(answer: ApiAnswer, done: 200 | 201): Answer {
  switch (answer.code) {
    case 'done':
      return { status: done, body: answer.reservation }
    case 'insufficient-availability':
    case 'already-reserved':
    case 'order-finished':
      return nothingHeld(answer)
    case 'held-by-another-channel':
      return refusal('already-reserved', { detail: 'another channel holds these lines of this order' })
    case 'idempotency-key-reused':
      return refusal(answer.code, {
        detail: 'this key was used with another body; a new request needs a new key',
      })
    case 'not-found':
      return refusal('not-found', { detail: 'no such reservation' })
    case 'wrong-state':
      return refusal('wrong-state', {
        detail: `the reservation is ${answer.reservation.status}`,
        reservation: answer.reservation,
      })
  }
}
