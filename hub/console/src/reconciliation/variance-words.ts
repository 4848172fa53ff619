import type {
  Variance,
  VarianceClass,
  VarianceState,
  VarianceStepName,
} from '../../../../shared/contract/variance-api.ts'
import { signedWords } from '../words/numbers.ts'

/** What each class means, and what is usually done about it. */
export const CLASS_WORDS: Readonly<Record<VarianceClass, string>> = {
  timing:
    'What is in flight may still explain it. Nothing has to be done: it closes by itself or gets a class.',
  'missing-event':
    'Something happened that nobody told us. Have the source send it again, or correct the ledger.',
  duplicate: 'The same thing was told twice, under two ids. Correct the ledger by what was counted twice.',
  mapping: 'Two systems mean different things by one code. Put the mapping right; what waits is replayed.',
  unit: 'The difference fits a wrong unit, such as pieces taken for boxes. Put the item’s units right.',
  unknown: 'The evidence fits no known pattern. Have it counted, then correct the ledger or let it be.',
}

export const STATE_WORDS: Readonly<Record<VarianceState, string>> = {
  open: 'open',
  converged: 'agrees by itself',
  replayed: 'told after all',
  corrected: 'corrected',
  accepted: 'let be',
}

export const STEP_WORDS: Readonly<Record<VarianceStepName, string>> = {
  'in-flight': 'Seen, may be in flight',
  opened: 'Opened',
  changed: 'Changed',
  classified: 'Class worked out',
  owned: 'Owner named',
  proposed: 'Correction proposed',
  rejected: 'Proposal rejected',
  repairing: 'Being repaired',
  converged: 'Agrees by itself',
  replayed: 'Told after all',
  corrected: 'Corrected',
  accepted: 'Let be',
}

/** An edge variance is about a shard, and one of the journal about facts, not about a state of stock. */
export function subjectWords({ kind, subject }: Pick<Variance, 'kind' | 'subject'>): string {
  if (kind === 'journal') return `facts of ${subject}`
  return kind === 'edge' && /^\d+$/.test(subject) ? `shard ${subject}` : subject
}

/** What it is about, in one line: `−32 onHand of BOLT-M8-40 at ber1`. */
export function varianceTitle(variance: Variance): string {
  const { difference, sku, node } = variance
  return [
    difference === 0 ? '' : signedWords(difference),
    subjectWords(variance),
    sku === null ? '' : `of ${sku}`,
    node === null ? '' : `at ${node}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}
