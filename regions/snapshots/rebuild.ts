import type { EdgeStatus } from '../../shared/contract/edge-api.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'

/** How far a rebuild has come: which of its shards the edge has acknowledged. */
export class Rebuild {
  readonly #startedAt: Instant
  readonly #shards: number
  readonly #left: Set<number>
  #finishedAt: Instant | null = null

  constructor(shards: readonly number[], now: Instant) {
    this.#shards = shards.length
    this.#left = new Set(shards)
    this.#startedAt = now
  }

  noteTold(shards: Iterable<number>, now: Instant): void {
    if (this.#finishedAt !== null) return
    for (const shard of shards) this.#left.delete(shard)
    if (this.#left.size === 0) this.#finishedAt = now
  }

  view(): NonNullable<EdgeStatus['rebuild']> {
    return {
      shards: this.#shards,
      done: this.#shards - this.#left.size,
      startedAt: formatInstant(this.#startedAt),
      finishedAt: this.#finishedAt === null ? null : formatInstant(this.#finishedAt),
    }
  }
}
