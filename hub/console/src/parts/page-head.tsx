import type { ReactNode } from 'react'

/** A page's name, what it is for, and (at the right) what chooses what it shows. */
export function PageHead({
  title,
  hint,
  children,
}: {
  title: string
  hint?: string
  children?: ReactNode
}): ReactNode {
  return (
    <div className="lead">
      <div>
        <h1>{title}</h1>
        {hint !== undefined && <p className="hint">{hint}</p>}
      </div>
      {children}
    </div>
  )
}
