import { type FormEvent, type ReactNode, useState } from 'react'
import type { AuditVerdict } from '../../../../shared/contract/access-api.ts'
import type { Problem } from '../../../../shared/contract/problem.ts'
import { query } from '../api/query.ts'
import { request } from '../api/request.ts'
import { Field } from '../parts/field.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { countWords, manyWords } from '../words/numbers.ts'

/** Goes through the whole chain; a head that was noted elsewhere has to be in it, else its end was cut off. */
export function Verification(): ReactNode {
  const [verdict, setVerdict] = useState<AuditVerdict | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isLooking, setIsLooking] = useState(false)
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const named = (name: string) => String(form.get(name)).trim()
    setIsLooking(true)
    const noted = query({ sequence: named('sequence'), hash: named('hash') })
    const answered = await request<AuditVerdict>(`/v1/audit/verification${noted}`)
    setIsLooking(false)
    setProblem(answered.ok ? null : answered.problem)
    setVerdict(answered.ok ? answered.value : null)
  }
  return (
    <section className="panel" aria-labelledby="verification">
      <h2 id="verification">Is it whole?</h2>
      <p className="hint">
        Every entry is held against the one before it. A head that was noted elsewhere (the centre’s own log
        has each) shows also whether the end was cut off.
      </p>
      <form className="filters" aria-labelledby="verification" onSubmit={(it) => void onSubmit(it)}>
        <Field label="Noted entry (if any)">
          {(id) => <input id={id} name="sequence" type="text" inputMode="numeric" autoComplete="off" />}
        </Field>
        <Field label="Its hash">
          {(id) => <input id={id} name="hash" type="text" autoComplete="off" spellCheck={false} />}
        </Field>
        <button type="submit" disabled={isLooking}>
          {isLooking ? 'Looking through it …' : 'Verify the log'}
        </button>
      </form>
      <ProblemNote problem={problem} />
      <div role="status">{verdict !== null && <Verdict verdict={verdict} />}</div>
    </section>
  )
}

function Verdict({ verdict: { intact, entries, head, faults } }: { verdict: AuditVerdict }): ReactNode {
  return (
    <>
      <p className={intact ? 'done' : 'trouble'}>
        {intact
          ? `It is whole: ${manyWords(entries, 'entry', 'entries')}, each follows on the one before.`
          : 'It was tampered with.'}
      </p>
      {faults.length > 0 && (
        <ul className="faults">
          {faults.map(({ sequence, what }) => (
            <li key={`${sequence} ${what}`}>
              Entry {countWords(sequence)}: {what}
            </li>
          ))}
        </ul>
      )}
      <p className="hint">
        Its head is entry {countWords(head.sequence)}, <code className="secret">{head.hash}</code>. Note it
        where nobody who writes here can reach it.
      </p>
    </>
  )
}
