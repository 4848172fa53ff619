import { streamSSE } from 'hono/streaming'
import type { Centre } from '../centre.ts'
import { hiddenFrom } from '../access/guard.ts'
import { onlyRegions } from '../access/only-regions.ts'
import type { CentreApp } from './centre-app.ts'
import { overviewOf } from './overview.ts'

const EVERY_MS = 1_000
/** Who signs out, or is no longer let in, hears no more after so many. */
const ASKED_AGAIN_EVERY = 10

/** The overview each second as server-sent events; a browser connects again by itself. */
export function addLive(app: CentreApp, centre: Centre): void {
  app.get('/v1/live', (c) =>
    streamSSE(c, async (stream) => {
      const isHidden = hiddenFrom(c.get('person'), centre.regions) ?? (() => false)
      for (let turn = 1; !stream.aborted; turn++) {
        if (turn % ASKED_AGAIN_EVERY === 0 && !(await c.get('isStillIn')())) return
        const shown = onlyRegions(await overviewOf(centre), isHidden)
        await stream.writeSSE({ event: 'overview', data: JSON.stringify(shown) })
        await stream.sleep(EVERY_MS)
      }
    }),
  )
}
