import type { ReactNode } from 'react'
import { When } from './when.tsx'

type Step<What extends string> = {
  readonly at: string
  readonly what: What
  readonly by: string
  readonly detail: string
}

/** What happened to one thing, step by step, and by whom. */
export function History<What extends string>({
  steps,
  words,
}: {
  steps: readonly Step<What>[]
  words: Readonly<Record<What, string>>
}): ReactNode {
  return (
    <section className="panel" aria-labelledby="history">
      <h2 id="history">History</h2>
      <ol className="steps">
        {steps.map(({ at, what, by, detail }, index) => (
          <li key={`${index} ${at}`}>
            <strong>{words[what]}</strong> by <code>{by}</code>, <When at={at} />
            {detail !== '' && <p>{detail}</p>}
          </li>
        ))}
      </ol>
    </section>
  )
}
