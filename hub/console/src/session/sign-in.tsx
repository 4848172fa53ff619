import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { servedBy } from '../shell/served-by.ts'
import { useProvider } from './use-provider.ts'

const by = servedBy()
const OF_CENTRE = 'See how far each region has come, and where counts, edges and transfers disagree.'
const OF_REGION = 'See its stock, its orders and what waits for somebody, also while the centre is away.'

/** By the key of whoever serves these pages, or a token of the centre, or at its provider; there are no passwords of ours. */
export function SignIn({
  refusal,
  onKey,
}: {
  refusal: string | null
  onKey: (key: string) => Promise<void>
}): ReactNode {
  const [isAsking, setIsAsking] = useState(false)
  const [isMissing, setIsMissing] = useState(false)
  const provider = useProvider()
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
        <h1>Sign in to {by.kind === 'centre' ? 'the centre' : `region ${by.region}`}</h1>
        <p className="soft">{by.kind === 'centre' ? OF_CENTRE : OF_REGION}</p>
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
          You find it in <code>keys.json</code> in the data folder, under{' '}
          <code>{by.kind === 'centre' ? '"hub"' : `"region", "${by.region}"`}</code>.
        </p>
        <p id="key-trouble" className="trouble" role="alert">
          {trouble}
        </p>
        <button type="submit" className="primary" disabled={isAsking}>
          {isAsking ? 'Checking …' : 'Sign in'}
        </button>
        {provider === null ? null : (
          <a className="provider" href="/session/oidc">
            Sign in with {provider}
          </a>
        )}
      </form>
    </main>
  )
}
