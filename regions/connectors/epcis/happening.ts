import type { Instant } from '../../../shared/kernel/clock.ts'
import type { Codes, Refusal } from '../connector.ts'
import type { EpcisEvent } from './epcis-event.ts'
import type { StockLines } from './stock-lines.ts'
import { outOfPolicy } from '../refusals.ts'
import type { Draft } from '../translation.ts'

/** One EPCIS event under translation. */
export type Happening = {
  readonly event: EpcisEvent
  readonly codes: Codes
  readonly source: string
  readonly at: Instant
  /** By what its facts are known: the event's own id, or what it says. */
  readonly name: string
  /** For people. */
  readonly where: string
}

export const nothing = (warning: string): Draft => ({ events: [], refusals: [], warnings: [warning] })

export const refused = (refusals: readonly Refusal[]): Draft => ({
  events: [],
  refusals: [...refusals],
  warnings: [],
})

/** An event about nothing but pallets moves stock that nobody here can name; with goods beside them, those are the contents. */
export function startOutcome({ lines, refusals, carriers, warnings }: StockLines, where: string): Draft {
  const outcome: Draft = { events: [], refusals: [...refusals], warnings: [...warnings] }
  if (carriers === 0) return outcome
  if (lines.length + refusals.length > 0) {
    outcome.warnings.push(
      `${where}: ${carriers} logistic units are taken as the packing of the goods listed with them`,
    )
    return outcome
  }
  const detail = `${where}: names ${carriers} logistic units (SSCC, GRAI, GIAI) and no goods; what is in them has to be listed`
  outcome.refusals.push(outOfPolicy('contents-unknown', detail))
  return outcome
}
