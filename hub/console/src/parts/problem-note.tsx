import type { ReactNode } from 'react'
import type { Problem } from '../../../../shared/contract/problem.ts'

/** What went wrong, where in what was sent, and by which number it is found in the logs. */
export function ProblemNote({ problem }: { problem: Problem | null }): ReactNode {
  if (problem === null) return null
  const { title, detail, errors = [], correlationId } = problem
  return (
    <div className="trouble" role="alert">
      <p>
        <strong>{title}.</strong> {detail}
      </p>
      {errors.length > 0 && (
        <ul>
          {errors.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code>: {message}
            </li>
          ))}
        </ul>
      )}
      {correlationId !== undefined && <p className="hint">Correlation id {correlationId}</p>}
    </div>
  )
}
