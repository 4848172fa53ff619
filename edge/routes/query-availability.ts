import { EdgeQuery, SKUS_PER_QUERY_MAX } from '../../shared/contract/availability-api.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import type { Edge, EdgeContext } from '../edge.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { homeRegion } from '../keys/places.ts'
import { answerJson } from '../middleware/answer.ts'
import { readJson } from '../middleware/json-body.ts'
import { problem } from '../middleware/problem.ts'
import type { KeepAlive, RegionReader } from '../snapshots/region-reader.ts'
import { regionFor, segmentRefusal } from './availability-ask.ts'
import { bringIn, tellSkus } from './tell-skus.ts'

/** A thousand skus of 64 characters, and air. */
const QUERY_BYTES_MAX = 256 * 1024

/** POST /v1/availability/query: up to a thousand skus in several regions, sku by sku as they were asked for. */
export function queryAvailability(edge: Edge): (c: EdgeContext, key: ChannelKey) => Promise<Response> {
  return async (c, key) => {
    const json = await readJson(c.req.raw, QUERY_BYTES_MAX)
    if (!json.ok) return problem(c, json.error.code, { detail: json.error.detail })
    const query = EdgeQuery.safeParse(withinCount(json.value))
    if (!query.success) return problem(c, 'invalid', { errors: fieldErrors(query.error) })

    const { skus, segment, node } = query.data
    const outside = segmentRefusal(key, segment)
    if (outside) return problem(c, outside.code, { detail: outside.detail! })
    const readers: RegionReader[] = []
    for (const name of new Set(query.data.regions ?? [homeRegion(edge.places, key, c.req.raw)])) {
      const region = regionFor(edge, key, name)
      if (!region.ok) return problem(c, region.error.code, { detail: region.error.detail! })
      readers.push(region.value)
    }
    const keepAlive: KeepAlive = (work) => c.executionCtx.waitUntil(work)
    const ask = { channel: key.channel, segment, node, substitutes: query.data.substitutes === true }
    await bringIn(readers, skus, ask, keepAlive)
    if (!readers.some(({ copy }) => copy.head))
      return problem(c, 'not-ready', { detail: 'no copy of these regions can be had right now' })
    const { json: results } = await tellSkus(edge, readers, skus, ask, keepAlive)
    return answerJson(c, `{"results":[${results}]}`)
  }
}

/** Cuts a list that is too long to one above the limit: refused all the same, without an issue for each entry. */
function withinCount(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || !('skus' in json) || !Array.isArray(json.skus)) return json
  return json.skus.length > SKUS_PER_QUERY_MAX
    ? { ...json, skus: json.skus.slice(0, SKUS_PER_QUERY_MAX + 1) }
    : json
}
