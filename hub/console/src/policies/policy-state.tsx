import type { ReactNode } from 'react'
import type { GovernedPolicy } from '../../../../shared/contract/governed-policy-api.ts'
import { STATE_WORDS } from './policy-words.ts'

const TAGS: Readonly<Partial<Record<GovernedPolicy['state'], string>>> = {
  active: 'tag tag-good',
  proposed: 'tag tag-warn',
}

export function PolicyState({ policy: { state, needsSecondPerson } }: { policy: GovernedPolicy }): ReactNode {
  const waits = state === 'proposed' && needsSecondPerson
  return (
    <span className={TAGS[state] ?? 'tag'}>{waits ? 'waits for a second person' : STATE_WORDS[state]}</span>
  )
}
