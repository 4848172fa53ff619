import type { Instant } from '../../shared/kernel/clock.ts'
import { backoffMs } from '../../shared/kernel/backoff.ts'
import type { Random } from '../../shared/kernel/random.ts'

export type LaneLimits = {
  /** Calls a second, and how many may come at once after a pause. */
  readonly perSecond: number
  readonly burst: number
  /** Calls under way at a time. */
  readonly concurrency: number
}

const DOWN_BACKOFF = { firstMs: 500, mostMs: 30_000 }

export type LaneState = 'open' | 'throttled' | 'down'

/**
 * The way to one system: a token bucket keeps to its rate, `throttled` waits as long as it says, and while it is down one
 * call at a time finds out whether it is back.
 */
export class Lane {
  readonly limits: LaneLimits
  readonly #random: Random
  #tokens: number
  #filledAt: Instant
  #busyUntil: Instant = 0
  #failures = 0
  /** It did not take the last call: one at a time finds out when it takes them again. */
  #isTrying = false
  running = 0

  constructor(limits: LaneLimits, now: Instant, random: Random) {
    this.limits = limits
    this.#random = random
    this.#tokens = limits.burst
    this.#filledAt = now
  }

  stateAt(now: Instant): LaneState {
    if (this.#failures > 0) return 'down'
    return this.#busyUntil > now ? 'throttled' : 'open'
  }

  /** Milliseconds until a place may be free, but for calls under way. */
  freeInMs(now: Instant): number {
    this.#fill(now)
    const tokenInMs = this.#tokens >= 1 ? 0 : ((1 - this.#tokens) * 1000) / this.limits.perSecond
    return Math.max(0, Math.ceil(tokenInMs), this.#busyUntil - now)
  }

  /** Not before: for who asks when something will move. */
  get waitsUntil(): Instant {
    return this.#busyUntil
  }

  /** Takes a place for one call; false when it has to wait. */
  take(now: Instant): boolean {
    this.#fill(now)
    const most = this.#isTrying ? 1 : this.limits.concurrency
    if (this.#busyUntil > now || this.running >= most || this.#tokens < 1) return false
    this.#tokens--
    this.running++
    return true
  }

  /** There was nothing to call for after all. */
  unused(): void {
    this.running--
    this.#tokens++
  }

  answered(): void {
    this.running--
    this.#isTrying = false
    this.#failures = 0
  }

  /** It asked us to come again later. */
  throttled(now: Instant, forMs: number): void {
    this.running--
    this.#isTrying = true
    this.#failures = 0
    this.#busyUntil = Math.max(this.#busyUntil, now + forMs)
  }

  failed(now: Instant): void {
    this.running--
    this.#isTrying = true
    this.#failures++
    this.#busyUntil = now + backoffMs(DOWN_BACKOFF, this.#failures, this.#random)
  }

  #fill(now: Instant): void {
    const { perSecond, burst } = this.limits
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#filledAt) * perSecond) / 1000)
    this.#filledAt = Math.max(this.#filledAt, now)
  }
}
