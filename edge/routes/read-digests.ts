import type { Edge, EdgeContext } from '../edge.ts'
import { answerJson } from '../middleware/answer.ts'
import { problem } from '../middleware/problem.ts'
import { heldDigests, heldRows } from '../snapshots/held-digests.ts'
import type { RegionReader } from '../snapshots/region-reader.ts'

/** GET /v1/digests?region=: what the edge holds, for the centre to compare with what the ledger says. */
export function readDigests(edge: Edge): (c: EdgeContext) => Promise<Response> {
  return asked(edge, async (c, { region, store }) => {
    const held = await heldDigests(store)
    if (!held) return problem(c, 'not-ready', { detail: `${region} has not pushed yet` })
    const { epoch, version } = held.head
    return answerJson(c, { region, epoch, version, digests: held.digests })
  })
}

/** GET /v1/digests/{shard}?region=: the rows of one shard, where its digest is not what it has to be. */
export function readShardDigests(edge: Edge): (c: EdgeContext) => Promise<Response> {
  return asked(edge, async (c, { region, store }) => {
    const shard = c.req.param('shard')!
    const held = /^\d{1,5}$/.test(shard) ? await heldRows(store, Number(shard)) : null
    if (!held) return problem(c, 'not-found', { detail: `${region} has no shard ${shard.slice(0, 64)}` })
    const { epoch, version } = held.head
    return answerJson(c, { region, epoch, version, shard: Number(shard), rows: held.rows })
  })
}

function asked(
  edge: Edge,
  answer: (c: EdgeContext, reader: RegionReader) => Promise<Response>,
): (c: EdgeContext) => Promise<Response> {
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
      return await answer(c, reader)
    } catch (error) {
      edge.log('digests-not-read', { region, error })
      return problem(c, 'not-ready', { detail: 'the shards could not be read' })
    }
  }
}
