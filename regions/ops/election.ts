import type { LeaderElected } from '../../shared/contract/decisions.ts'
import { decisionsSubject } from '../../shared/contract/subjects.ts'
import { formatInstant, type Instant } from '../../shared/kernel/clock.ts'
import { type Bus, streamState } from '../../shared/node/nats.ts'

/**
 * Opens a new epoch of the region: appends `leader.elected` to DECISIONS, behind exactly the last decision this process
 * knows. A second writer that does the same at the same time is refused by the stream. Epochs only grow, also when the
 * stream was lost.
 */
export async function openEpoch(
  bus: Bus,
  region: string,
  options: { previous: number; id: string; now: Instant },
): Promise<number> {
  const last = (await streamState(bus, 'DECISIONS'))?.lastSequence ?? 0
  const epoch = Math.max(options.previous + 1, last + 1)
  const elected: LeaderElected = {
    specversion: '1.0',
    id: options.id,
    source: 'plimsoll-hub',
    type: 'plimsoll.leader.elected',
    time: formatInstant(options.now),
    data: { epoch },
  }
  await bus.js.publish(decisionsSubject(region), JSON.stringify([elected]), {
    expect: { lastSequence: last },
  })
  return epoch
}
