import { streamSSE } from 'hono/streaming'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { hiddenFrom } from '../access/guard.ts'
import { onlyRegions } from '../access/only-regions.ts'
import type { Centre } from '../centre.ts'
import { variancesSince } from '../store/read-variances.ts'
import type { CentreApp } from './centre-app.ts'
import { overviewOf } from './overview.ts'

const EVERY_MS = 1_000
/** Who signs out, or is no longer let in, hears no more after so many. */
const ASKED_AGAIN_EVERY = 10
/** More at once are told by the overview's figures; whoever lists them asks again. */
const CHANGED_MAX = 200

/**
 * The overview each second as server-sent events, and behind it the variances and alerts that have changed since the last one; a
 * browser connects again by itself.
 */
export function addLive(app: CentreApp, centre: Centre): void {
  app.get('/v1/live', (c) =>
    streamSSE(c, async (stream) => {
      const isHidden = hiddenFrom(c.get('person'), centre.regions) ?? (() => false)
      const send = (event: string, data: unknown): Promise<void> =>
        stream.writeSSE({ event, data: JSON.stringify(onlyRegions(data, isHidden)) })
      let since = formatInstant(centre.clock.now())
      let alertsSince = since
      for (let turn = 1; !stream.aborted; turn++) {
        if (turn % ASKED_AGAIN_EVERY === 0 && !(await c.get('isStillIn')())) return
        await send('overview', await overviewOf(centre))
        const changed = await variancesSince(centre.db, since, CHANGED_MAX, centre.clock.now())
        if (changed.length > 0) {
          since = changed[changed.length - 1]!.updatedAt
          await send('variances', changed)
        }
        const alerts = await centre.alerts.reader.since(alertsSince, CHANGED_MAX, centre.clock.now())
        if (alerts.length > 0) {
          alertsSince = alerts[alerts.length - 1]!.updatedAt
          await send('alerts', alerts)
        }
        await stream.sleep(EVERY_MS)
      }
    }),
  )
}
