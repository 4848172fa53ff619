import type { ReactNode } from 'react'
import { Masthead } from './live/masthead.tsx'
import { SignIn } from './session/sign-in.tsx'
import { useSession } from './session/use-session.ts'
import { Shell } from './shell/shell.tsx'

export function Console(): ReactNode {
  const { session, signIn, signOut, recheck } = useSession()
  switch (session.state) {
    case 'signed-in':
      return <Shell onSignOut={signOut} onRefused={recheck} />
    case 'signed-out':
      return (
        <>
          <Masthead />
          <SignIn refusal={session.refusal} onKey={signIn} />
        </>
      )
    case 'checking':
    case 'unreachable':
      return (
        <>
          <Masthead />
          <main className="waiting">
            <p role="status">
              {session.state === 'checking'
                ? 'Asking the centre …'
                : 'The centre does not answer. Trying again every few seconds.'}
            </p>
          </main>
        </>
      )
  }
}
