import { type Instant, parseInstant } from '../../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../../shared/kernel/result.ts'
import type { Refusal } from '../connector.ts'
import { malformed } from '../refusals.ts'

/** WooCommerce writes UTC without saying so (`2017-03-22T19:28:08`); its other dates are the shop's local time, and say nothing. */
export function momentOf(
  stated: string | null | undefined,
  otherwise: Instant,
  where: string,
): Result<Instant, Refusal> {
  if (stated === null || stated === undefined || stated === '') return ok(otherwise)
  const at = parseInstant(/(Z|[+-]\d{2}:\d{2})$/i.test(stated) ? stated : `${stated}Z`)
  const shown = JSON.stringify(stated.slice(0, 40))
  return at === null ? err(malformed('no-date', `${where}: ${shown} is no time`)) : ok(at)
}
