import { type ReactNode, useState } from 'react'

export function SignOut({ onSignOut }: { onSignOut: () => Promise<boolean> }): ReactNode {
  const [hasFailed, setHasFailed] = useState(false)
  const onClick = async () => setHasFailed(!(await onSignOut()))
  return (
    <div className="sign-out">
      <span role="alert">{hasFailed && 'Not signed out: the centre did not answer.'}</span>
      <button type="button" onClick={() => void onClick()}>
        Sign out
      </button>
    </div>
  )
}
