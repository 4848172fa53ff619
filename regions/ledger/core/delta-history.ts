import type { Instant } from '../../../shared/kernel/clock.ts'
import { floats } from './columns.ts'

/** One change of a position's physical states, as a later count needs it: when, by whom, how much. */
export type Delta = {
  readonly time: Instant
  /** The source's own counter; -1 when it has none. */
  readonly sequence: number
  /** Interned. */
  readonly source: number
  readonly onHand: number
  readonly damaged: number
  readonly quarantined: number
}

/** time, sequence, source, the three states, slot: what a checkpoint keeps of a delta. */
export const DELTA_FIELDS = 7
/** And the serial number of the position's delta before it. */
const PREVIOUS = 7
const STORED_FIELDS = 8
const NONE = -1

/** The ring is made piece by piece as it fills, 512 kB each, so that nothing is ever copied to a wider place. */
const CHUNK_SHIFT = 13
const CHUNK_MASK = (1 << CHUNK_SHIFT) - 1

/**
 * The recent deltas of all positions, so that a count taken at T and arriving later keeps what happened after T.
 * A ring: the oldest are overwritten, and `coversSince` says from when on a position's deltas are complete.
 */
export class DeltaHistory {
  readonly deltasMax: number
  readonly #chunks: Float64Array[] = []
  #written = 0
  /** Latest delta of each position, by slot: its serial number. */
  readonly #head = floats(NONE)
  /** Of positions that lost deltas to the ring: the time of the latest one lost. */
  readonly #lostUntil = floats(Number.NEGATIVE_INFINITY)
  /** Positions that lost deltas since the last checkpoint. */
  readonly dirtyLost = new Set<number>()
  #savedTo = 0

  /** 2M deltas are 128 MB: an hour at 500 events/s. */
  constructor(deltasMax = 1 << 21) {
    this.deltasMax = deltasMax
  }

  add(slot: number, delta: Delta): void {
    this.#head.ensure(slot + 1)
    const serial = this.#written++
    const index = serial % this.deltasMax
    const v = this.#chunkAt(index)
    const at = (index & CHUNK_MASK) * STORED_FIELDS
    if (serial >= this.deltasMax) this.#lose(v[at + 6]!, v[at]!)
    v[at] = delta.time
    v[at + 1] = delta.sequence
    v[at + 2] = delta.source
    v[at + 3] = delta.onHand
    v[at + 4] = delta.damaged
    v[at + 5] = delta.quarantined
    v[at + 6] = slot
    v[at + PREVIOUS] = this.#head.values[slot]!
    this.#head.values[slot] = serial
  }

  /** A count of the position taken before this moment can no longer be rebased exactly. */
  coversSince(slot: number): Instant {
    return this.#lostUntil.values[slot] ?? Number.NEGATIVE_INFINITY
  }

  /** The deltas added since the last checkpoint and still kept, DELTA_FIELDS numbers each, oldest first. */
  unsaved(): Float64Array {
    const from = Math.max(this.#savedTo, this.#written - this.deltasMax)
    const values = new Float64Array((this.#written - from) * DELTA_FIELDS)
    for (let serial = from, to = 0; serial < this.#written; serial++) {
      const index = serial % this.deltasMax
      const v = this.#chunkAt(index)
      const at = (index & CHUNK_MASK) * STORED_FIELDS
      for (let field = 0; field < DELTA_FIELDS; field++) values[to++] = v[at + field]!
    }
    return values
  }

  markSaved(): void {
    this.#savedTo = this.#written
    this.dirtyLost.clear()
  }

  /** Puts deltas back as `unsaved` gave them. */
  restore(values: Float64Array): void {
    for (let at = 0; at < values.length; at += DELTA_FIELDS)
      this.add(values[at + 6]!, {
        time: values[at]!,
        sequence: values[at + 1]!,
        source: values[at + 2]!,
        onHand: values[at + 3]!,
        damaged: values[at + 4]!,
        quarantined: values[at + 5]!,
      })
  }

  /** Puts back until when a position has lost deltas. */
  restoreLost(slot: number, until: Instant): void {
    this.#lostUntil.ensure(slot + 1)
    this.#lostUntil.values[slot] = until
  }

  /** The kept deltas of a position, latest arrival first. */
  *of(slot: number): Generator<Delta> {
    const oldest = this.#written - this.deltasMax
    let serial = this.#head.values[slot] ?? NONE
    while (serial !== NONE && serial >= oldest) {
      const index = serial % this.deltasMax
      const v = this.#chunkAt(index)
      const at = (index & CHUNK_MASK) * STORED_FIELDS
      yield {
        time: v[at]!,
        sequence: v[at + 1]!,
        source: v[at + 2]!,
        onHand: v[at + 3]!,
        damaged: v[at + 4]!,
        quarantined: v[at + 5]!,
      }
      serial = v[at + PREVIOUS]!
    }
  }

  #chunkAt(index: number): Float64Array {
    const chunk = index >> CHUNK_SHIFT
    return (this.#chunks[chunk] ??= new Float64Array(
      Math.min(1 << CHUNK_SHIFT, this.deltasMax) * STORED_FIELDS,
    ))
  }

  #lose(slot: number, time: Instant): void {
    if (time <= this.coversSince(slot)) return
    this.restoreLost(slot, time)
    this.dirtyLost.add(slot)
  }
}
