import { isValidElement, type ReactNode } from 'react'

/** Names and what they stand for; what is not known is a dash, what is no text is written as JSON. */
export function Facts({
  facts,
  none = 'Nothing is known.',
}: {
  facts: readonly (readonly [name: string, value: unknown])[]
  none?: string
}): ReactNode {
  if (facts.length === 0) return <p className="soft">{none}</p>
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{shown(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

function shown(value: unknown): ReactNode {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'string' || typeof value === 'number' || isValidElement(value)) return value
  return <code>{JSON.stringify(value)}</code>
}
