import type { ReactNode } from 'react'
import { ageWords } from '../words/ages.ts'

/** How long ago, with the moment itself for whoever points at it. */
export function When({ at, nowMs = Date.now() }: { at: string | null; nowMs?: number }): ReactNode {
  if (at === null) return 'never'
  const ms = nowMs - Date.parse(at)
  return (
    <time dateTime={at} title={at}>
      {ms < 0 ? `in ${ageWords(-ms)}` : `${ageWords(ms)} ago`}
    </time>
  )
}
