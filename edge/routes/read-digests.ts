import type { Edge, EdgeContext } from '../edge.ts'
import { answerJson } from '../middleware/answer.ts'
import { problem } from '../middleware/problem.ts'
import { heldDigests } from '../snapshots/held-digests.ts'

/** GET /v1/digests?region=: what the edge holds, for the centre to compare with what the ledger says. */
export function readDigests(edge: Edge): (c: EdgeContext) => Promise<Response> {
  return async (c) => {
    const unknown = Object.keys(c.req.query()).find((name) => name !== 'region')
    if (unknown !== undefined)
      return problem(c, 'malformed', {
        errors: [{ path: unknown.slice(0, 64), message: 'unknown parameter' }],
      })
    const region = c.req.query('region')
    if (region === undefined)
      return problem(c, 'malformed', { errors: [{ path: 'region', message: 'is needed' }] })
    const reader = edge.regions.get(region)
    if (!reader) return problem(c, 'unknown-region', { detail: `there is no region ${region}` })
    try {
      const held = await heldDigests(reader.store)
      if (!held) return problem(c, 'not-ready', { detail: `${region} has not pushed yet` })
      const { epoch, version } = held.head
      return answerJson(c, { region, epoch, version, digests: held.digests })
    } catch (error) {
      edge.log('digests-not-read', { region, error })
      return problem(c, 'not-ready', { detail: 'the shards could not be read' })
    }
  }
}
