import { type ReactNode, useState } from 'react'

/** Says what was just done, and asks anew for what it changed. */
export function useDone(...reloads: readonly (() => void)[]): readonly [ReactNode, (words: string) => void] {
  const [done, setDone] = useState('')
  const note = (
    <p className="done" role="status">
      {done}
    </p>
  )
  return [
    note,
    (words) => {
      setDone(words)
      for (const reload of reloads) reload()
    },
  ]
}
