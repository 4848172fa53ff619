import type { ReactNode } from 'react'
import { PlimsollMark } from './plimsoll-mark.tsx'

export function Masthead({ children }: { children?: ReactNode }): ReactNode {
  return (
    <header className="masthead">
      <p className="product">
        <PlimsollMark />
        <span className="product-name">Plimsoll</span>
        <span className="product-place">Centre</span>
      </p>
      {children}
    </header>
  )
}
