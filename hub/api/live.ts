import { streamSSE } from 'hono/streaming'
import type { Centre } from '../centre.ts'
import type { CentreApp } from './centre-app.ts'
import { overviewOf } from './overview.ts'

const EVERY_MS = 1_000

/** The overview each second as server-sent events; a browser connects again by itself. */
export function addLive(app: CentreApp, centre: Centre): void {
  app.get('/v1/live', (c) =>
    streamSSE(c, async (stream) => {
      while (!stream.aborted) {
        await stream.writeSSE({ event: 'overview', data: JSON.stringify(await overviewOf(centre)) })
        await stream.sleep(EVERY_MS)
      }
    }),
  )
}
