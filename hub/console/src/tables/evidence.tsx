import type { ReactNode } from 'react'

/** What the classification rests on, as it was found; its fields differ from kind to kind. */
export function Evidence({
  of,
  evidence,
}: {
  of: string
  evidence: Readonly<Record<string, unknown>>
}): ReactNode {
  const fields = Object.entries(evidence)
  if (fields.length === 0) return '–'
  return (
    <details className="evidence">
      <summary>
        details
        <span className="unseen"> of variance {of}</span>
      </summary>
      <dl>
        {fields.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
