import type { ExceptionClass, ExceptionRecord } from '../../../../shared/contract/exceptions.ts'

/** What a class means, and what to do about it. */
export const CLASS_WORDS: Readonly<Record<ExceptionClass, string>> = {
  malformed: 'It could not be read as what it says it is. Ask its sender to send it again, corrected.',
  unauthenticated:
    'Its signature was missing or wrong. Look at the secret of the source on both sides, then replay.',
  'unknown-code':
    'It names something that is mapped to nothing here. Put the mapping or the master data: it replays by itself.',
  unit: 'Its unit of measure is not known for this item. Add it to the item or the mapping, then replay.',
  conflict:
    'The same source and id count already with another content. The first stands: ask the sender which is right, then discard.',
  'control-total': 'Its own totals do not add up, so part of it is missing. Ask its sender to send it again.',
  'out-of-policy': 'A policy forbids it. Change the policy, or discard it.',
  unmatched:
    'One side of two was told, and the other did not come in time. When it comes, this closes by itself.',
}

export type ReplayAnswer = {
  readonly id: string
  readonly status: ExceptionRecord['status']
  readonly detail?: string
  readonly trial?: {
    readonly outcome: 'would-count' | 'would-stay' | 'unknown'
    readonly facts: number
    readonly detail: string
  }
}

/** What a replay, or the trial of one, came to. */
export function outcomeWords({ status, detail, trial }: ReplayAnswer): string {
  if (trial) {
    const facts = trial.facts === 1 ? '1 fact' : `${trial.facts} facts`
    if (trial.outcome === 'would-count')
      return `A replay would count${trial.facts > 0 ? `: ${facts}` : ''}. ${trial.detail}`
    if (trial.outcome === 'would-stay') return `A replay would be refused again. ${trial.detail}`
    return trial.detail
  }
  if (status === 'replayed') return 'Replayed: it counts now.'
  if (status === 'discarded') return 'Discarded: it is settled without effect, and its bytes are kept.'
  return `It is refused still. ${detail ?? ''}`.trim()
}
