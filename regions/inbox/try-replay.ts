import type { OneSidedWatch } from '../ops/one-sided-watch.ts'
import { skuOfRefused } from '../feeds/refused-letter.ts'
import { orderOfStuck } from '../orders/stuck-letter.ts'
import type { ExceptionBook } from './exception-book.ts'
import type { Inbox, Trial } from './inbox.ts'

/** What a replay would come to, without one. Null when there is no such letter. */
export function tryReplay(
  {
    inbox,
    exceptions,
    oneSided,
  }: { readonly inbox: Inbox; readonly exceptions: ExceptionBook; readonly oneSided: OneSidedWatch },
  id: string,
): Trial | null {
  if ((orderOfStuck(id) ?? skuOfRefused(id)) !== null && exceptions.get(id)) {
    const detail = 'It would be asked again; what it answers can only be known by asking.'
    return { outcome: 'unknown', facts: 0, detail }
  }
  if (!oneSided.isOne(id)) return inbox.tryOut(id)
  const missing = oneSided.stillMissing(id)
  if (missing === null) return null
  return missing.length === 0
    ? { outcome: 'would-count', facts: 0, detail: 'The other side has come.' }
    : { outcome: 'would-stay', facts: 0, detail: missing[0]!.detail }
}
