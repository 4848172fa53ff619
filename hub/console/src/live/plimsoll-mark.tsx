import type { ReactNode } from 'react'

/** The mark on a hull: load up to this line, never past it. */
export function PlimsollMark(): ReactNode {
  return (
    <svg className="plimsoll-mark" viewBox="0 0 32 24" aria-hidden="true" focusable="false">
      <circle cx="16" cy="12" r="8.5" fill="none" stroke="currentColor" strokeWidth="2.5" />
      <path d="M1 12h30" stroke="currentColor" strokeWidth="2.5" />
    </svg>
  )
}
