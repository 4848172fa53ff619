import type { ReactNode } from 'react'
import { servedBy } from '../shell/served-by.ts'
import { PlimsollMark } from './plimsoll-mark.tsx'

const by = servedBy()
const PLACE = by.kind === 'centre' ? 'Centre' : `Region ${by.region}`

export function Masthead({ children }: { children?: ReactNode }): ReactNode {
  return (
    <header className="masthead">
      <p className="product">
        <PlimsollMark />
        <span className="product-name">Plimsoll</span>
        <span className="product-place">{PLACE}</span>
      </p>
      {children}
    </header>
  )
}
