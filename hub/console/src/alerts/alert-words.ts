import type { Alert, AlertKind, AlertStep } from '../../../../shared/contract/alert-api.ts'
import { spanWords } from '../words/ages.ts'
import { countWords, manyWords, valueWords } from '../words/numbers.ts'

/** What each kind calls people for; the unit of its level is that of its rule. */
export const KIND_WORDS: Readonly<Record<AlertKind, { readonly words: string; readonly unit: Unit }>> = {
  'region-silent': { words: 'a region is not heard', unit: 'ms' },
  'negative-ats': { words: 'more is promised than lies there', unit: 'units' },
  'oversell-risk': { words: 'it may sell out before a channel hears of it', unit: 'times' },
  'duplicate-reservation': { words: 'an order is held twice', unit: 'times' },
  'source-stale': { words: 'a source is late or down', unit: 'condition' },
  'channel-feed-stale': { words: 'a channel is not told what it may sell', unit: 'ms' },
  'edge-behind': { words: 'the edge is behind', unit: 'ms' },
  'queue-lag': { words: 'messages wait', unit: 'messages' },
  'exception-rate': { words: 'exceptions pile up', unit: 'a minute' },
  'variance-value': { words: 'a variance is worth much', unit: 'value' },
  'variance-age': { words: 'a variance stands for long', unit: 'ms' },
  'transfer-overdue': { words: 'a transfer has not arrived', unit: 'ms' },
  'system-throttled': { words: 'a system takes no more', unit: 'ms' },
}
type Unit = 'ms' | 'value' | 'condition' | 'units' | 'times' | 'messages' | 'a minute'

export const ALERT_KINDS = Object.keys(KIND_WORDS) as AlertKind[]

/** A level with its unit: `2.3 s`, `12.50`, `32 units`. */
export function levelWords(kind: AlertKind, level: number): string {
  const { unit } = KIND_WORDS[kind]
  if (unit === 'ms') return spanWords(level)
  if (unit === 'value') return valueWords(level)
  if (unit === 'condition') return level >= 2 ? 'down' : level >= 1 ? 'late' : 'fresh'
  const rounded = Math.round(level * 10) / 10
  return unit === 'units' ? manyWords(rounded, 'unit') : `${countWords(rounded)} ${unit}`
}

export type Standing = 'unseen' | 'acknowledged' | 'silenced' | 'over'

/** What it is to people: nobody is called again for one that was seen, nor, while that holds, for one that is silenced. */
export function standingOf({ state, acknowledged, silencedUntil }: Alert): Standing {
  if (state === 'resolved') return 'over'
  if (silencedUntil !== null) return 'silenced'
  return acknowledged === null ? 'unseen' : 'acknowledged'
}

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  unseen: 'calls people',
  acknowledged: 'acknowledged',
  silenced: 'silenced',
  over: 'over',
}

export const STEP_WORDS: Readonly<Record<AlertStep['what'], string>> = {
  fired: 'Fired',
  worse: 'Became worse',
  acknowledged: 'Acknowledged',
  owned: 'Owner named',
  silenced: 'Silenced',
  notified: 'People were told',
  resolved: 'Over',
}

/** Where the thing itself is looked at; null where the region is the thing. */
export function placeOf({ kind, region, subject, labels }: Alert): { href: string; words: string } | null {
  const at = `?region=${region}`
  if (kind.startsWith('variance-'))
    return { href: `/reconciliation/${encodeURIComponent(subject)}`, words: 'Look at the variance' }
  if (kind === 'exception-rate') return { href: `/exceptions${at}`, words: 'Look at the exceptions' }
  if (kind === 'channel-feed-stale') return { href: `/feeds${at}`, words: 'Look at the feeds' }
  if (kind === 'source-stale' || kind === 'system-throttled')
    return { href: `/sources${at}`, words: 'Look at the sources' }
  const { sku } = labels
  return sku === undefined
    ? null
    : { href: `/skus/${encodeURIComponent(sku)}${at}`, words: `Look at ${sku} in ${region}` }
}
