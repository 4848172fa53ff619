import type { StreamState } from '../../shared/node/nats.ts'
import type { StreamCursor } from './journal.ts'

/**
 * The stream sequence from which on a stream has lost what was read of it: 0 when it was made anew; null when it has it all.
 * JetStream’s acknowledgement is not a disk: a power cut, or a backup that is put back, leaves a stream shorter, or new.
 */
export function lostFrom(cursor: StreamCursor | null, state: StreamState): number | null {
  if (cursor === null) return null
  if (cursor.created !== state.created) return 0
  return state.lastSequence < cursor.sequence ? state.lastSequence : null
}
