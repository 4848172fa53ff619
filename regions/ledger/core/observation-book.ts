import { compareCounts, type Count } from './count-order.ts'
import { type CountedStates, PHYSICAL_STATES, type PhysicalState } from './positions.ts'

/** What a source that does not own a state last said of it: kept beside the position, never applied. */
export type Observation = { readonly state: PhysicalState; readonly quantity: number; readonly count: Count }

/** The latest observation of each position, source and state. */
export class ObservationBook {
  readonly #bySlot = new Map<number, Observation[]>()
  /** Slots with a change since the last checkpoint. */
  readonly dirty = new Set<number>()

  note(slot: number, count: Count, states: CountedStates): void {
    for (const state of PHYSICAL_STATES) {
      const quantity = states[state]
      if (quantity !== undefined) this.restore(slot, { state, quantity, count })
    }
    this.dirty.add(slot)
  }

  restore(slot: number, observation: Observation): void {
    const known = this.of(slot)
    const at = known.findIndex(
      ({ state, count }) => state === observation.state && count.source === observation.count.source,
    )
    if (at < 0) this.#bySlot.set(slot, [...known, observation])
    else if (compareCounts(observation.count, known[at]!.count) > 0)
      this.#bySlot.set(slot, known.with(at, observation))
  }

  all = (): Iterable<[slot: number, Observation[]]> => this.#bySlot

  of(slot: number): Observation[] {
    return this.#bySlot.get(slot) ?? []
  }
}
