import type { Clock } from '../../shared/kernel/clock.ts'

type Entry<V> = { readonly value: V; readonly expiresAt: number }

/** Answers remembered for a while, and only so many of them: the one set longest ago goes first. */
export class BoundedCache<V> {
  readonly #entries = new Map<string, Entry<V>>()
  readonly #clock: Clock
  readonly #limits: { readonly ageMs: number; readonly entriesMax: number }

  constructor(clock: Clock, limits: { readonly ageMs: number; readonly entriesMax: number }) {
    this.#clock = clock
    this.#limits = limits
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (entry && entry.expiresAt > this.#clock.now()) return entry.value
    if (entry) this.#entries.delete(key)
    return undefined
  }

  set(key: string, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, { value, expiresAt: this.#clock.now() + this.#limits.ageMs })
    if (this.#entries.size <= this.#limits.entriesMax) return
    const oldest = this.#entries.keys().next()
    if (!oldest.done) this.#entries.delete(oldest.value)
  }

  deleteWhere(isMeant: (value: V) => boolean): void {
    for (const [key, { value }] of this.#entries) if (isMeant(value)) this.#entries.delete(key)
  }
}
