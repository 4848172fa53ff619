import type { ReactNode } from 'react'

/** One figure with its name, inside a `dl`. `isAlert` says that someone should look at it. */
export function FigureItem({
  name,
  note,
  isAlert = false,
  children,
}: {
  name: string
  note?: ReactNode
  isAlert?: boolean
  children: ReactNode
}): ReactNode {
  return (
    <div className={isAlert ? 'figure figure-alert' : 'figure'}>
      <dt>{name}</dt>
      <dd>
        <span className="figure-value">{children}</span>
        {note !== undefined && <span className="figure-note">{note}</span>}
      </dd>
    </div>
  )
}
