import type { Instant } from '../../../shared/kernel/clock.ts'

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

/** time, sequence, source, the three states, slot. */
const DELTA_FIELDS = 7
const NONE = -1

/**
 * The recent deltas of all positions, so that a count taken at T and arriving later keeps what happened after T.
 * A ring: the oldest are overwritten, and `coversSince` says from when on a position's deltas are complete.
 */
export class DeltaHistory {
  readonly deltasMax: number
  #capacity: number
  #values: Float64Array
  #previous: Float64Array
  #written = 0
  /** Latest delta of each position, by slot: its serial number. */
  #head: Float64Array = new Float64Array(1024).fill(NONE)
  /** Of positions that lost deltas to the ring: the time of the latest one lost. */
  readonly lostUntil = new Map<number, Instant>()
  /** Positions that lost deltas since the last checkpoint. */
  readonly dirtyLost = new Set<number>()
  #savedTo = 0

  /** 2M deltas are 128 MB: an hour at 500 events/s. */
  constructor(deltasMax = 1 << 21) {
    this.deltasMax = deltasMax
    this.#capacity = Math.min(deltasMax, 1 << 14)
    this.#values = new Float64Array(this.#capacity * DELTA_FIELDS)
    this.#previous = new Float64Array(this.#capacity)
  }

  add(slot: number, delta: Delta): void {
    if (this.#written >= this.#capacity && this.#capacity < this.deltasMax) this.#grow()
    if (slot >= this.#head.length) this.#growHeads(slot + 1)
    const serial = this.#written++
    const at = (serial % this.#capacity) * DELTA_FIELDS
    if (serial >= this.#capacity) this.#lose(this.#values[at + 6]!, this.#values[at]!)
    this.#values[at] = delta.time
    this.#values[at + 1] = delta.sequence
    this.#values[at + 2] = delta.source
    this.#values[at + 3] = delta.onHand
    this.#values[at + 4] = delta.damaged
    this.#values[at + 5] = delta.quarantined
    this.#values[at + 6] = slot
    this.#previous[serial % this.#capacity] = this.#head[slot]!
    this.#head[slot] = serial
  }

  /** A count of the position taken before this moment can no longer be rebased exactly. */
  coversSince(slot: number): Instant {
    return this.lostUntil.get(slot) ?? Number.NEGATIVE_INFINITY
  }

  /** The deltas added since the last checkpoint and still kept, DELTA_FIELDS numbers each, oldest first. */
  unsaved(): Float64Array {
    const from = Math.max(this.#savedTo, this.#written - this.#capacity)
    const values = new Float64Array((this.#written - from) * DELTA_FIELDS)
    for (let serial = from; serial < this.#written; serial++) {
      const at = (serial % this.#capacity) * DELTA_FIELDS
      values.set(this.#values.subarray(at, at + DELTA_FIELDS), (serial - from) * DELTA_FIELDS)
    }
    return values
  }

  markSaved(): void {
    this.#savedTo = this.#written
    this.dirtyLost.clear()
  }

  /** Puts deltas back as `unsaved` gave them. */
  restore(values: Float64Array): void {
    for (let at = 0; at < values.length; at += DELTA_FIELDS) {
      const [time, sequence, source, onHand, damaged, quarantined, slot] = values.subarray(
        at,
        at + DELTA_FIELDS,
      )
      this.add(slot!, {
        time: time!,
        sequence: sequence!,
        source: source!,
        onHand: onHand!,
        damaged: damaged!,
        quarantined: quarantined!,
      })
    }
  }

  /** The kept deltas of a position, latest arrival first. */
  *of(slot: number): Generator<Delta> {
    const oldest = this.#written - this.#capacity
    let serial = slot < this.#head.length ? this.#head[slot]! : NONE
    while (serial !== NONE && serial >= oldest) {
      const at = (serial % this.#capacity) * DELTA_FIELDS
      const v = this.#values
      yield {
        time: v[at]!,
        sequence: v[at + 1]!,
        source: v[at + 2]!,
        onHand: v[at + 3]!,
        damaged: v[at + 4]!,
        quarantined: v[at + 5]!,
      }
      serial = this.#previous[serial % this.#capacity]!
    }
  }

  #lose(slot: number, time: Instant): void {
    if (time <= this.coversSince(slot)) return
    this.lostUntil.set(slot, time)
    this.dirtyLost.add(slot)
  }

  /** While it grows the ring has never gone round: every delta keeps its place. */
  #grow(): void {
    const wider = Math.min(this.#capacity * 2, this.deltasMax)
    const values = new Float64Array(wider * DELTA_FIELDS)
    const previous = new Float64Array(wider)
    values.set(this.#values)
    previous.set(this.#previous)
    this.#capacity = wider
    this.#values = values
    this.#previous = previous
  }

  #growHeads(length: number): void {
    const heads = new Float64Array(Math.max(length, this.#head.length * 2)).fill(NONE)
    heads.set(this.#head)
    this.#head = heads
  }
}
