import { and, eq, isNull, ne, sql } from '../../store/drizzle.ts'
import type { Logger } from 'pino'
import type { EventOf } from '../../../shared/contract/events.ts'
import { type Clock, formatInstant } from '../../../shared/kernel/clock.ts'
import { CENTRE_SOURCE } from '../../intake/take-facts.ts'
import type { Database } from '../../store/database.ts'
import { nodeRegion, transferLeg } from '../../store/tables.ts'
import type { UnbalancedTransfers } from '../../store/unbalanced-transfers.ts'

type RegionApi = { readonly region: string; readonly apiUrl: string; readonly apiKey: string }
type Shipped = EventOf<'plimsoll.transfer.shipped'>

type Parts = {
  readonly db: Database
  readonly transfers: UnbalancedTransfers
  readonly regions: readonly RegionApi[]
  readonly clock: Clock
  readonly log: Logger
}

const FORWARD_WITHIN_MS = 5_000
const FORWARDED_AT_ONCE_MAX = 100
const PAUSE_MS_MAX = 60_000

/**
 * Tells a region of goods that left another one for it. The event's id and business key come from the original, so
 * telling it again changes nothing; a region that can't be told now is told later, with growing pauses.
 */
export class TransferForwarder {
  readonly #parts: Parts
  readonly #pauses = new Map<string, { until: number; ms: number }>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async forwardAll(): Promise<void> {
    const { db, clock } = this.#parts
    const due = await db
      .select({ leg: transferLeg, to: nodeRegion.region })
      .from(transferLeg)
      .innerJoin(nodeRegion, eq(nodeRegion.node, transferLeg.toNode))
      .where(
        and(
          eq(transferLeg.isShipped, true),
          isNull(transferLeg.forwardedAt),
          ne(nodeRegion.region, sql`${transferLeg.region}`),
        ),
      )
      .limit(FORWARDED_AT_ONCE_MAX)
    for (const { leg, to } of due) {
      const key = `${leg.region}/${leg.source}/${leg.id}`
      if ((this.#pauses.get(key)?.until ?? 0) > clock.now()) continue
      if (!(await this.#forward(key, leg.body as Shipped, to))) this.#pause(key)
      else {
        this.#pauses.delete(key)
        const mine = and(
          eq(transferLeg.region, leg.region),
          eq(transferLeg.source, leg.source),
          eq(transferLeg.id, leg.id),
        )
        await db
          .update(transferLeg)
          .set({ forwardedAt: formatInstant(clock.now()) })
          .where(mine)
        this.#parts.transfers.noteLeg(leg)
      }
    }
  }

  async #forward(key: string, shipped: Shipped, to: string): Promise<boolean> {
    const { regions, log } = this.#parts
    const api = regions.find(({ region }) => region === to)
    if (!api) return false
    const { type, time, subject, data, correlationid } = shipped
    const event = {
      specversion: '1.0',
      id: `forwarded/${key}`,
      source: CENTRE_SOURCE,
      type,
      time,
      subject,
      businesskey: `forwarded/${key}`,
      data,
      ...(correlationid ? { correlationid } : {}),
    }
    try {
      const response = await fetch(`${api.apiUrl}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${api.apiKey}`, 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(FORWARD_WITHIN_MS),
      })
      const answer = (await response.json()) as { results?: { status: string }[] }
      // Whatever became of it, the region has it: an invalid one is under its exceptions, and counts by itself later.
      if (answer.results?.length === 1) return true
      log.warn(
        { transfer: data.transfer, to, status: response.status },
        'a region did not take a transfer; trying on',
      )
    } catch (error) {
      log.warn(
        { transfer: data.transfer, to, error: String(error) },
        'a region could not be told of a transfer; trying on',
      )
    }
    return false
  }

  #pause(key: string): void {
    const ms = Math.min(PAUSE_MS_MAX, (this.#pauses.get(key)?.ms ?? 500) * 2)
    this.#pauses.set(key, { until: this.#parts.clock.now() + ms, ms })
  }
}
