import type { HeartbeatReport } from '../../shared/contract/reports.ts'
import type { OrderRef } from '../../shared/domain/ids.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'

const TOLD_FOR_MS = 600_000
const TOLD_MAX = 20
/** More at once are one fault. */
const KEPT_MAX = 1_000

type Again = { readonly reservation: string; readonly at: Instant; readonly times: number }

/** Orders whose hold was asked for once more by another request: merged, and told so that somebody looks why. */
export class ReservedAgain {
  readonly #byOrder = new Map<string, Again>()

  note(orderRef: string, reservation: string, at: Instant): void {
    const times = (this.#byOrder.get(orderRef)?.times ?? 0) + 1
    this.#byOrder.delete(orderRef)
    this.#byOrder.set(orderRef, { reservation, at, times })
    if (this.#byOrder.size > KEPT_MAX) this.#byOrder.delete(this.#byOrder.keys().next().value!)
  }

  /** The latest first. */
  report(now: Instant): HeartbeatReport['reservedAgain'] {
    for (const [orderRef, { at }] of this.#byOrder) {
      if (now - at < TOLD_FOR_MS) break
      this.#byOrder.delete(orderRef)
    }
    return [...this.#byOrder]
      .slice(-TOLD_MAX)
      .toReversed()
      .map(([orderRef, { reservation, at, times }]) => ({
        orderRef: orderRef as OrderRef,
        reservation,
        at: formatInstant(at),
        times,
      }))
  }
}
