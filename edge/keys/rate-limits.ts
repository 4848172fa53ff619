import type { Clock } from '../../shared/kernel/clock.ts'
import type { Log } from '../log.ts'
import type { ChannelKey } from './channel-keys.ts'

const MINUTE_MS = 60_000
/** How long a key that the binding refused is refused without asking it again. */
const REFUSED_MS = 2_000
/** One entry a key that was used within a minute; beyond it those whose minute is over are dropped. */
const KEYS_MAX = 5_000

type Minute = { readonly endsAt: number; left: number }

/**
 * How often a key may ask. A key's own `perMinuteMax` is counted here, in each isolate by itself. Where the account binds a
 * rate limiter (RATE_LIMITER), that counts every key over all isolates of a place. Nobody waits for its verdict: it is asked
 * beside the answer, and refuses the requests that come after.
 */
export class RateLimits {
  readonly #clock: Clock
  readonly #binding: RateLimit | null
  readonly #log: Log
  readonly #minutes = new Map<string, Minute>()
  readonly #refusedUntil = new Map<string, number>()

  constructor(clock: Clock, binding: RateLimit | null, log: Log) {
    this.#clock = clock
    this.#binding = binding
    this.#log = log
  }

  /** Counts a request. In how many seconds to come again; 0 when it may go on. */
  take({ id, perMinuteMax }: ChannelKey, keepAlive: (work: Promise<unknown>) => void): number {
    if (perMinuteMax === undefined && this.#binding === null) return 0
    const now = this.#clock.now()
    const refusedMs = (this.#refusedUntil.get(id) ?? 0) - now
    if (refusedMs > 0) return Math.ceil(refusedMs / 1000)
    if (perMinuteMax !== undefined) {
      const minute = this.#minuteOf(id, perMinuteMax, now)
      if (minute.left <= 0) return Math.ceil((minute.endsAt - now) / 1000)
      minute.left--
    }
    if (this.#binding) keepAlive(this.#askBinding(this.#binding, id))
    return 0
  }

  #minuteOf(id: string, perMinuteMax: number, now: number): Minute {
    const known = this.#minutes.get(id)
    if (known && known.endsAt > now) return known
    if (this.#minutes.size >= KEYS_MAX) dropWhere(this.#minutes, ({ endsAt }) => endsAt <= now)
    const minute = { endsAt: now + MINUTE_MS, left: perMinuteMax }
    this.#minutes.set(id, minute)
    return minute
  }

  /** A limiter that fails limits nobody. */
  async #askBinding(binding: RateLimit, id: string): Promise<void> {
    try {
      const { success } = await binding.limit({ key: id })
      if (success) return
      const now = this.#clock.now()
      if (this.#refusedUntil.size >= KEYS_MAX) dropWhere(this.#refusedUntil, (until) => until <= now)
      this.#refusedUntil.set(id, now + REFUSED_MS)
    } catch (error) {
      this.#log('rate-limiter-unavailable', { error })
    }
  }
}

function dropWhere<V>(map: Map<string, V>, isOver: (value: V) => boolean): void {
  for (const [key, value] of map) if (isOver(value)) map.delete(key)
}
