import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react'
import type { Problem } from '../../../../shared/contract/problem.ts'
import type { Answered } from '../api/request.ts'
import { ProblemNote } from './problem-note.tsx'

type Act<T> = {
  readonly reason: 'needed' | 'welcome' | 'none'
  /** A text says what is missing, before anything is sent. */
  readonly act: (reason: string, form: FormData) => Promise<Answered<T>> | string
  readonly onDone: (value: T) => void
}

/** Something that a person does and answers for: what, why, and what was said to it. */
export function ActForm<T>({
  title,
  hint,
  button,
  isMain = false,
  children,
  ...what
}: Act<T> & {
  title: string
  hint?: string
  button: string
  isMain?: boolean
  children?: ReactNode
}): ReactNode {
  const id = useId()
  const { field, isSending, missing, problem, onSubmit } = useAct(what)
  return (
    <form
      className="act"
      aria-labelledby={`${id}-title`}
      noValidate
      onSubmit={(event) => void onSubmit(event)}
    >
      <h3 id={`${id}-title`}>{title}</h3>
      {hint !== undefined && <p className="hint">{hint}</p>}
      {children}
      {what.reason !== 'none' && (
        <div className="field">
          <label htmlFor={`${id}-reason`}>
            {what.reason === 'needed' ? 'Reason' : 'Reason (if you like)'}
          </label>
          <input
            id={`${id}-reason`}
            ref={field}
            type="text"
            maxLength={512}
            autoComplete="off"
            required={what.reason === 'needed'}
            aria-describedby={`${id}-missing`}
            aria-invalid={missing !== null}
          />
        </div>
      )}
      <p id={`${id}-missing`} className="trouble" role="alert">
        {missing}
      </p>
      <ProblemNote problem={problem} />
      <button type="submit" className={isMain ? 'primary' : undefined} disabled={isSending}>
        {isSending ? 'Sending …' : button}
      </button>
    </form>
  )
}

function useAct<T>({ reason, act, onDone }: Act<T>) {
  const field = useRef<HTMLInputElement>(null)
  const [isSending, setIsSending] = useState(false)
  const [missing, setMissing] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)

  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const why = field.current?.value.trim() ?? ''
    setProblem(null)
    if (reason === 'needed' && why === '') {
      setMissing('Say why first: it is kept with what you do.')
      field.current?.focus()
      return
    }
    const sent = act(why, new FormData(form))
    setMissing(typeof sent === 'string' ? sent : null)
    if (typeof sent === 'string') return
    setIsSending(true)
    const answer = await sent
    setIsSending(false)
    if (!answer.ok) return setProblem(answer.problem)
    form.reset()
    onDone(answer.value)
  }
  return { field, isSending, missing, problem, onSubmit }
}
