import { useEffect, useState } from 'react'
import type { Overview } from '../../../../shared/contract/centre-api.ts'

/** `at` is the centre's clock and `receivedAtMs` ours, so that ages tick without trusting our clock to be right. */
export type Sighting = { readonly overview: Overview; readonly receivedAtMs: number; readonly seenAt: Date }

export type Connection = 'connecting' | 'live' | 'lost'

/** The centre speaks each second. Four seconds of silence is news in itself. */
const LOST_AFTER_MS = 4_000
/** A connection that is open but says nothing may be half-dead: it is given up and made anew. */
const RENEW_AFTER_MS = 12_000
const AGAIN_AFTER_MS = 2_000
const WATCH_EVERY_MS = 500

/** Follows `GET /v1/live` for as long as it is shown. A region has no such view of others: there it is
 * not offered. `onRefused` asks whether we are still signed in. */
export function useLiveOverview(
  isOffered: boolean,
  onRefused: () => Promise<void>,
): {
  sighting: Sighting | null
  connection: Connection
} {
  const [sighting, setSighting] = useState<Sighting | null>(null)
  const [connection, setConnection] = useState<Connection>('connecting')

  useEffect(() => {
    if (!isOffered) return
    let source: EventSource | null = null
    let heardAtMs = performance.now()
    let openedAtMs = 0

    const open = () => {
      source?.close()
      openedAtMs = performance.now()
      source = new EventSource('/v1/live')
      source.addEventListener('overview', (event: MessageEvent<string>) => {
        heardAtMs = performance.now()
        setSighting({ overview: JSON.parse(event.data), receivedAtMs: heardAtMs, seenAt: new Date() })
        setConnection('live')
      })
      source.addEventListener('error', () => {
        setConnection('lost')
        if (source?.readyState === EventSource.CLOSED) void onRefused()
      })
    }

    const watch = setInterval(() => {
      const nowMs = performance.now()
      if (nowMs - heardAtMs > LOST_AFTER_MS) setConnection('lost')
      const openForMs = nowMs - openedAtMs
      const isClosed = source?.readyState === EventSource.CLOSED
      const isSilent = nowMs - Math.max(heardAtMs, openedAtMs) > RENEW_AFTER_MS
      if (isSilent || (isClosed && openForMs > AGAIN_AFTER_MS)) open()
    }, WATCH_EVERY_MS)

    open()
    return () => {
      clearInterval(watch)
      source?.close()
    }
  }, [isOffered, onRefused])

  return { sighting, connection }
}
