import type { StreamDigest } from '../../shared/contract/stream-digest.ts'
import type { Found } from './standing.ts'

/** Whether the region and the centre have taken the same facts of a stream, up to one of its sequences. Pure. */
export function findJournal(
  key: string,
  region: string,
  stream: string,
  { told, ours }: { readonly told: StreamDigest; readonly ours: StreamDigest },
): Found[] {
  if (told.count === ours.count && told.sum === ours.sum) return []
  const difference = ours.count - told.count
  return [
    {
      key,
      region,
      kind: 'journal',
      class: difference < 0 ? 'missing-event' : difference > 0 ? 'duplicate' : 'unknown',
      settlesAfterMs: 0,
      subject: stream,
      difference,
      evidence: { from: told.from, sequence: told.sequence, region: told, centre: ours },
      said: `of ${stream} up to ${told.sequence} the region took ${told.count} facts and the centre ${ours.count}${difference === 0 ? ', not the same' : ''}`,
    },
  ]
}
