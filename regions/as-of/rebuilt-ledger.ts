import type { DatabaseSync } from 'node:sqlite'
import type { Moment } from '../../shared/contract/as-of.ts'
import type { Instant } from '../../shared/kernel/clock.ts'
import { err, ok, type Result } from '../../shared/kernel/result.ts'
import { newEffects } from '../ledger/core/effects.ts'
import { Ledger } from '../ledger/core/ledger.ts'
import { factsIn } from '../ledger/journal-body.ts'

/** A place in the journal: the entry that is folded last, how much of it, and the moment at which it was the last. */
type Place = { readonly entry: number; readonly version: number; readonly now: Instant }

export type MomentRefusal =
  | { readonly code: 'beyond-retention'; readonly earliest: Instant | null }
  | { readonly code: 'not-yet'; readonly version: number }

/**
 * The ledger as it was at a moment, folded again from the journal: every fact at the moment at which the hub heard it. What was
 * folded is kept, so that a later moment costs only what lies between; an earlier one begins anew.
 */
export class RebuiltLedger {
  readonly #after
  readonly #atTime
  readonly #atVersion
  readonly #first
  #ledger = new Ledger()
  #folded = 0
  #passed: Instant = 0

  constructor(database: DatabaseSync) {
    const notVoid = 'entry NOT IN (SELECT entry FROM voided)'
    this.#after = database.prepare(
      `SELECT entry, recorded_at, body FROM journal WHERE entry > ? AND entry <= ? AND ${notVoid} ORDER BY entry`,
    )
    // Entries are recorded in order, so the last one by number that is not later is found by halving.
    this.#atTime = database.prepare(
      'SELECT recorded_at FROM journal WHERE entry <= ? ORDER BY entry DESC LIMIT 1',
    )
    this.#atVersion = database.prepare(
      `SELECT entry, recorded_at, sequence_before FROM journal WHERE entry <= ? AND ${notVoid} ORDER BY entry DESC LIMIT 1`,
    )
    this.#first = database.prepare('SELECT min(entry) AS first, max(entry) AS last FROM journal')
  }

  /** The ledger at a moment; it is changed by the next call. `now` is the present, so that the future can be refused. */
  at(moment: Moment, now: Instant): Result<{ readonly ledger: Ledger; readonly at: Instant }, MomentRefusal> {
    const place = 'at' in moment ? this.#placeAt(moment.at, now) : this.#placeOf(moment.version)
    if (!place.ok) return place
    const { entry, version, now: at } = place.value
    if (entry < this.#folded || version < this.#ledger.sequence || at < this.#passed) {
      this.#ledger = new Ledger()
      this.#folded = 0
    }
    this.#foldTo(entry, version)
    this.#passed = at
    this.#ledger.time.pass(at, newEffects())
    return ok({ ledger: this.#ledger, at })
  }

  #foldTo(entry: number, version: number): void {
    for (const row of this.#after.iterate(this.#folded, entry)) {
      for (const fact of factsIn(row['body'] as Uint8Array)) {
        if (this.#ledger.sequence >= version) return
        this.#ledger.apply(fact, newEffects(), row['recorded_at'] as number)
      }
      this.#folded = row['entry'] as number
    }
  }

  #placeAt(at: Instant, now: Instant): Result<Place, MomentRefusal> {
    const { first, last } = this.#ends()
    if (at > now) return err({ code: 'not-yet', version: 0 })
    const earliest = first === 0 ? null : this.#recordedAt(first)
    if (earliest === null || at < earliest) return err({ code: 'beyond-retention', earliest })
    let [low, high] = [first, last]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#recordedAt(middle) <= at) low = middle
      else high = middle - 1
    }
    return ok({ entry: low, version: Number.MAX_SAFE_INTEGER, now: at })
  }

  /** The version is reached within the entry that began at or below it. */
  #placeOf(version: number): Result<Place, MomentRefusal> {
    const { first, last } = this.#ends()
    if (first === 0 || version < 1)
      return err({ code: 'beyond-retention', earliest: first === 0 ? null : this.#recordedAt(first) })
    let [low, high] = [first, last]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const row = this.#atVersion.get(middle)
      if (row === undefined || (row['sequence_before'] as number) < version) low = middle
      else high = middle - 1
    }
    const row = this.#atVersion.get(low)
    const before = row?.['sequence_before'] as number | undefined
    if (row === undefined || before === undefined) return err({ code: 'beyond-retention', earliest: null })
    return ok({ entry: row['entry'] as number, version, now: row['recorded_at'] as number })
  }

  #ends(): { readonly first: number; readonly last: number } {
    const row = this.#first.get()!
    return { first: Number(row['first'] ?? 0), last: Number(row['last'] ?? 0) }
  }

  #recordedAt(entry: number): Instant {
    return (this.#atTime.get(entry)?.['recorded_at'] as number | undefined) ?? 0
  }
}
