import { type FormEvent, type ReactNode, useRef, useState } from 'react'

/** One key for the centre; there are no names and passwords. */
export function SignIn({
  refusal,
  onKey,
}: {
  refusal: string | null
  onKey: (key: string) => Promise<void>
}): ReactNode {
  const [isAsking, setIsAsking] = useState(false)
  const [isMissing, setIsMissing] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const trouble = isMissing ? 'Enter the key first.' : refusal

  const onSubmit = async (event: FormEvent) => {
    event.preventDefault()
    const key = field.current?.value.trim() ?? ''
    setIsMissing(key === '')
    if (key === '') return field.current?.focus()
    setIsAsking(true)
    await onKey(key)
    setIsAsking(false)
    field.current?.select()
  }

  return (
    <main className="sign-in">
      <form onSubmit={(event) => void onSubmit(event)} noValidate>
        <h1>Sign in to the centre</h1>
        <p className="soft">
          See how far each region has come, and where counts, edges and transfers disagree.
        </p>
        <label htmlFor="key">Key</label>
        <input
          id="key"
          ref={field}
          type="password"
          autoComplete="current-password"
          spellCheck={false}
          autoCapitalize="none"
          aria-describedby="key-hint key-trouble"
          aria-invalid={trouble !== null}
          required
        />
        <p id="key-hint" className="hint">
          You find it in <code>keys.json</code> in the data folder, under <code>"hub"</code>.
        </p>
        <p id="key-trouble" className="trouble" role="alert">
          {trouble}
        </p>
        <button type="submit" className="primary" disabled={isAsking}>
          {isAsking ? 'Checking …' : 'Sign in'}
        </button>
      </form>
    </main>
  )
}
