import type { Instant } from '../kernel/clock.ts'

export type Rate = { readonly burst: number; readonly perMinute: number }

/** Guessing a key of 192 bits is hopeless at any rate; this keeps the audit log and the database from being filled. */
export const SIGN_IN_RATE: Rate = { burst: 10, perMinute: 10 }
/** More than a person's hands can do, and a script that replays what it found is slowed, not stopped. */
export const WRITE_RATE: Rate = { burst: 100, perMinute: 300 }

/** Beyond so many callers the one that was quiet longest is forgotten, which only gives it its burst back. */
const CALLERS_MAX = 10_000

/** A bucket for each caller, which fills again with time. In memory: a restart forgives. */
export class RateLimit {
  readonly #rate: Rate
  readonly #buckets = new Map<string, { left: number; at: Instant }>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** Null when the caller may; otherwise after how many seconds it may come again. */
  take(caller: string, now: Instant): number | null {
    const { burst, perMinute } = this.#rate
    const bucket = this.#buckets.get(caller) ?? { left: burst, at: now }
    this.#buckets.delete(caller)
    this.#buckets.set(caller, bucket)
    if (this.#buckets.size > CALLERS_MAX) this.#buckets.delete(this.#buckets.keys().next().value!)
    bucket.left = Math.min(burst, bucket.left + (Math.max(0, now - bucket.at) / 60_000) * perMinute)
    bucket.at = now
    if (bucket.left < 1) return Math.ceil(((1 - bucket.left) / perMinute) * 60)
    bucket.left -= 1
    return null
  }

  /** For what turned out to be no misuse. */
  giveBack(caller: string): void {
    const bucket = this.#buckets.get(caller)
    if (bucket) bucket.left = Math.min(this.#rate.burst, bucket.left + 1)
  }
}
