import { useCallback, useEffect, useState } from 'react'
import {
  askStanding,
  closeSession,
  openSession,
  takeKeyFromAddress,
  takeRefusalFromAddress,
} from './session.ts'

export type Session =
  | { readonly state: 'checking' | 'unreachable' | 'signed-in' }
  | { readonly state: 'signed-out'; readonly refusal: string | null }

const AGAIN_AFTER_MS = 3_000

const REFUSALS = {
  refused: 'This key was not accepted. Check that it is the whole key, and the one under "hub".',
  unreachable: 'The centre does not answer just now. Your key was not checked.',
} as const

export function useSession(): {
  session: Session
  signIn: (key: string) => Promise<void>
  signOut: () => Promise<boolean>
  recheck: () => Promise<void>
} {
  const [session, setSession] = useState<Session>({ state: 'checking' })

  const signIn = useCallback(async (key: string) => {
    const answer = await openSession(key)
    setSession(
      answer === 'signed-in' ? { state: answer } : { state: 'signed-out', refusal: REFUSALS[answer] },
    )
  }, [])

  const signOut = useCallback(async () => {
    const isClosed = await closeSession()
    if (isClosed) setSession({ state: 'signed-out', refusal: null })
    return isClosed
  }, [])

  /** Only a refusal ends the session; a centre that is away for a moment does not sign anyone out. */
  const recheck = useCallback(async () => {
    const standing = await askStanding()
    setSession((before) => {
      if (standing === 'signed-out') return { state: 'signed-out', refusal: null }
      return standing === 'unreachable' && before.state === 'signed-in' ? before : { state: standing }
    })
  }, [])

  useEffect(() => {
    const begin = () => {
      const refusal = takeRefusalFromAddress()
      if (refusal !== null) return setSession({ state: 'signed-out', refusal })
      const key = takeKeyFromAddress()
      return key === null ? recheck() : signIn(key)
    }
    // A link with a key may also be opened in a tab that already shows the console.
    const onHashChange = () => {
      const key = takeKeyFromAddress()
      if (key !== null) void signIn(key)
    }
    void begin()
    window.addEventListener('hashchange', onHashChange)
    return () => window.removeEventListener('hashchange', onHashChange)
  }, [recheck, signIn])

  useEffect(() => {
    if (session.state !== 'unreachable') return
    const timer = setInterval(() => void recheck(), AGAIN_AFTER_MS)
    return () => clearInterval(timer)
  }, [session.state, recheck])

  return { session, signIn, signOut, recheck }
}
