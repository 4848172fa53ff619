import type { Context } from 'hono'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { problem, type Variables } from '../../shared/node/http.ts'
import type { AsOfAnswer } from '../as-of/answer-at.ts'

/** Why an earlier moment can't be answered for. */
export function asOfRefused(
  c: Context<{ Variables: Variables }>,
  refusal: Exclude<AsOfAnswer, { code: 'done' }>,
): Response {
  switch (refusal.code) {
    case 'beyond-retention': {
      const earliest = refusal.earliest === null ? null : formatInstant(refusal.earliest)
      return problem(c, 'beyond-retention', {
        detail: earliest === null ? 'nothing was recorded yet' : `the journal begins at ${earliest}`,
        earliest,
      })
    }
    case 'not-yet':
      return problem(c, 'malformed', { errors: [{ path: 'asOf', message: 'that moment is still to come' }] })
    case 'unknown-node':
      return problem(c, 'unknown-node', { detail: 'there was no such node then' })
  }
}
