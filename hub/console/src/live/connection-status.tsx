import type { ReactNode } from 'react'
import { clockTime } from '../words/ages.ts'
import type { Connection } from './use-live-overview.ts'

/** A status of its own words: it is read out when the state changes, not each second. */
export function ConnectionStatus({
  connection,
  seenAt,
}: {
  connection: Connection
  seenAt: Date | null
}): ReactNode {
  return (
    <p className={`connection connection-${connection}`} role="status">
      <span className="connection-dot" aria-hidden="true" />
      {words(connection, seenAt)}
    </p>
  )
}

function words(connection: Connection, seenAt: Date | null): string {
  if (connection === 'live') return 'Live'
  if (connection === 'connecting') return 'Connecting …'
  return seenAt === null ? 'Connection lost' : `Connection lost, last seen ${clockTime(seenAt)}`
}
