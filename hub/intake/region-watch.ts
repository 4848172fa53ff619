import type { RegionOverview } from '../../shared/contract/centre-api.ts'
import type { HeartbeatReport } from '../../shared/contract/reports.ts'
import { type Instant, parseInstant } from '../../shared/kernel/clock.ts'

type Point = RegionOverview['history'][number]

const HISTORY_MAX = 300
const SILENT_AFTER_MS = 5_000

/** What was heard of one region, and when: by the centre's clock, so that a region's clock can't hide its silence. */
export class RegionWatch {
  heartbeat: HeartbeatReport | null = null
  #heardAt: Instant | null = null
  readonly #history: Point[] = []

  /** A heartbeat that was taken in now. What comes out of order changes nothing. */
  hear(heartbeat: HeartbeatReport, now: Instant): void {
    const last = this.heartbeat
    if (last !== null && heartbeat.at < last.at) return
    const elapsedMs = last === null ? 0 : parseInstant(heartbeat.at)! - parseInstant(last.at)!
    const facts = last === null ? 0 : Math.max(0, heartbeat.factsApplied - last.factsApplied)
    this.#history.push({
      at: heartbeat.at,
      lagMs: Math.max(0, now - parseInstant(heartbeat.at)!),
      factsPerSecond: elapsedMs > 0 ? Math.round((facts * 1000) / elapsedMs) : 0,
    })
    if (this.#history.length > HISTORY_MAX) this.#history.shift()
    this.heartbeat = heartbeat
    this.#heardAt = now
  }

  /** What a restart knows from the database: it was heard of, and nobody knows whether it still speaks. */
  remember(heartbeat: HeartbeatReport): void {
    this.heartbeat ??= heartbeat
  }

  link(pending: number, now: Instant): RegionOverview['link'] {
    if (this.heartbeat === null) return 'never'
    if (this.#heardAt === null || now - this.#heardAt > SILENT_AFTER_MS) return 'silent'
    return pending > 0 || now - parseInstant(this.heartbeat.at)! > SILENT_AFTER_MS ? 'behind' : 'live'
  }

  /** By the centre's clock; null since it started. */
  get heardAt(): Instant | null {
    return this.#heardAt
  }

  get history(): readonly Point[] {
    return this.#history
  }
}
