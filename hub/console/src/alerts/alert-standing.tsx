import type { ReactNode } from 'react'
import type { Alert } from '../../../../shared/contract/alert-api.ts'
import { STANDING_WORDS, standingOf } from './alert-words.ts'

export function AlertStanding({ alert }: { alert: Alert }): ReactNode {
  const standing = standingOf(alert)
  return <span className={`tag standing-${standing}`}>{STANDING_WORDS[standing]}</span>
}
