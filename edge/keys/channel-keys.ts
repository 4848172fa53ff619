import { KeyRecord } from '../../shared/contract/key-api.ts'
import type { Clock } from '../../shared/kernel/clock.ts'
import { BoundedCache } from './bounded-cache.ts'
import { sha256Hex } from './sha256-hex.ts'

/** What a key opens: the value of `key:<sha256 hex>` in the KV namespace KEYS, under the hash of its token. */
export type ChannelKey = KeyRecord & { readonly id: string }

/** How long a revoked key may still work, and how long a new one may not yet. */
const LOOKUP_AGE_MS_MAX = 30_000
/** A channel has a few keys; a flood of made-up ones must neither fill the memory nor push out the real ones. */
const KEYS_MAX = 5_000
const MISSES_MAX = 1_000

const FORM = /^Bearer (plk_[A-Za-z0-9_-]{8,128})$/

/** Looks keys up, remembering hits and misses apart. Memory holds the token itself, so a hit costs no hashing. */
export class ChannelKeys {
  readonly #kv: KVNamespace
  readonly #hits: BoundedCache<ChannelKey>
  readonly #misses: BoundedCache<true>

  constructor(kv: KVNamespace, clock: Clock) {
    this.#kv = kv
    this.#hits = new BoundedCache(clock, { ageMs: LOOKUP_AGE_MS_MAX, entriesMax: KEYS_MAX })
    this.#misses = new BoundedCache(clock, { ageMs: LOOKUP_AGE_MS_MAX, entriesMax: MISSES_MAX })
  }

  /** What is remembered of this Authorization header, without waiting; undefined when it has to be looked up. */
  remembered(authorization: string): ChannelKey | null | undefined {
    return this.#hits.get(authorization) ?? (this.#misses.get(authorization) ? null : undefined)
  }

  /** Null for a key that is unknown or revoked. Rejects when KV fails: then nobody knows. */
  async lookUp(authorization: string): Promise<ChannelKey | null> {
    const token = FORM.exec(authorization)?.[1]
    if (!token) return null
    const id = await sha256Hex(token)
    const record = KeyRecord.safeParse(await this.#kv.get(`key:${id}`, { type: 'json', cacheTtl: 30 }))
    if (record.success && !record.data.revoked) {
      const key = { ...record.data, id }
      this.#hits.set(authorization, key)
      return key
    }
    this.#misses.set(authorization, true)
    return null
  }

  /** What is remembered of a key that has just been revoked. */
  forget(id: string): void {
    this.#hits.deleteWhere((key) => key.id === id)
  }
}
