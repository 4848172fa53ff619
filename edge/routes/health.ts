import type { Edge, EdgeContext } from '../edge.ts'
import { answerJson } from '../middleware/answer.ts'
import { problem } from '../middleware/problem.ts'
import { STORE_WAIT_MS_MAX, withinMs } from '../snapshots/time-limit.ts'

/** GET /healthz: the Worker runs. */
export const readHealth = (c: EdgeContext): Response => answerJson(c, { status: 'ok' })

/** GET /readyz: every region's store answers, whether or not its region has pushed. */
export function readReadiness(edge: Edge): (c: EdgeContext) => Promise<Response> {
  return async (c) => {
    const asked = [...edge.regions.values()].map(async ({ region, store, copy }) => {
      const read = await withinMs(store.read(copy.head, []), STORE_WAIT_MS_MAX, 'D1').catch(() => undefined)
      return { region, isReachable: read !== undefined, version: read?.changes.head.version ?? null }
    })
    const regions = await Promise.all(asked)
    const unreachable = regions.filter(({ isReachable }) => !isReachable)
    if (unreachable.length === 0) return answerJson(c, { status: 'ready', regions })
    const names = unreachable.map(({ region }) => region).join(', ')
    return problem(c, 'not-ready', { detail: `the store of ${names} does not answer` })
  }
}
