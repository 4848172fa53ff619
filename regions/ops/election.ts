import type { LeaderElected } from '../../shared/contract/decisions.ts'
import { decisionsSubject } from '../../shared/contract/subjects.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import { appendFenced, type Bus, Fenced } from '../../shared/node/nats.ts'

export type Epoch = {
  readonly epoch: number
  /** Where `leader.elected` stands in DECISIONS: the writer's first decision comes right behind it. */
  readonly sequence: number
}

/**
 * Opens a new epoch of the region: appends `leader.elected` to DECISIONS, behind exactly the last decision this process
 * knows. Null when another writer has decided since, or does the same at the same time. Epochs only grow, also when the
 * stream was lost.
 */
export async function openEpoch(
  bus: Bus,
  region: string,
  options: { previous: number; last: number; id: string; now: Instant },
): Promise<Epoch | null> {
  const { previous, last, id, now } = options
  const epoch = Math.max(previous + 1, last + 1)
  const elected: LeaderElected = {
    specversion: '1.0',
    id,
    source: 'plimsoll-hub',
    type: 'plimsoll.leader.elected',
    time: formatInstant(now),
    data: { epoch },
  }
  try {
    return {
      epoch,
      sequence: await appendFenced(
        bus,
        decisionsSubject(region),
        new TextEncoder().encode(JSON.stringify([elected])),
        last,
      ),
    }
  } catch (error) {
    if (error instanceof Fenced) return null
    throw error
  }
}
