import type { CanonicalEvent } from '../../shared/contract/events.ts'
import type { Result } from '../../shared/kernel/result.ts'
import type { Refusal, Translation } from './connector.ts'

/** A translation while it is being written. */
export type Draft = {
  readonly events: CanonicalEvent[]
  readonly refusals: Refusal[]
  readonly warnings: string[]
}

export const emptyDraft = (): Draft => ({ events: [], refusals: [], warnings: [] })

export const refusedWhole = (refusal: Refusal): Translation => ({
  events: [],
  refusals: [refusal],
  warnings: [],
})

/** Events or one refusal: the usual outcome of a line. */
export function take(draft: Draft, made: Result<CanonicalEvent | readonly CanonicalEvent[], Refusal>): void {
  if (made.ok) draft.events.push(...[made.value].flat())
  else draft.refusals.push(made.error)
}

/** One by one, as a file may bring more of them than a call may have arguments. */
export function takeAll(draft: Draft, more: Partial<Translation>): void {
  for (const event of more.events ?? []) draft.events.push(event)
  for (const refusal of more.refusals ?? []) draft.refusals.push(refusal)
  for (const warning of more.warnings ?? []) draft.warnings.push(warning)
}

/** A file of a hundred thousand lines must not carry as many remarks: the rest is counted. */
const WARNINGS_MAX = 100

export function finish(draft: Draft): Translation {
  // An empty page, an empty list: that it was understood is said all the same.
  if (draft.events.length + draft.refusals.length + draft.warnings.length === 0)
    draft.warnings.push('it names nothing that could have an effect')
  if (draft.warnings.length <= WARNINGS_MAX) return draft
  const rest = draft.warnings.length - WARNINGS_MAX
  return { ...draft, warnings: [...draft.warnings.slice(0, WARNINGS_MAX), `and ${rest} more remarks`] }
}
