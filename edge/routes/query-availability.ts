import { EdgeQuery, SKUS_PER_QUERY_MAX } from '../../shared/contract/availability-api.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import type { Edge, EdgeContext } from '../edge.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { answerJson } from '../middleware/answer.ts'
import { readJson } from '../middleware/json-body.ts'
import { problem } from '../middleware/problem.ts'
import type { KeepAlive, RegionReader } from '../snapshots/region-reader.ts'
import { ageingOf } from './availability-answer.ts'
import { regionFor, segmentRefusal } from './availability-ask.ts'

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
    for (const name of new Set(query.data.regions ?? [undefined])) {
      const region = regionFor(edge, key, name)
      if (!region.ok) return problem(c, region.error.code, { detail: region.error.detail! })
      readers.push(region.value)
    }
    const keepAlive: KeepAlive = (work) => c.executionCtx.waitUntil(work)
    await bringIn(readers, skus, keepAlive)
    if (!readers.some(({ copy }) => copy.head))
      return problem(c, 'not-ready', { detail: 'no copy of these regions can be had right now' })
    const ask = { channel: key.channel, segment, node }
    return answerJson(c, `{"results":[${resultsJson(readers, skus, ask, edge.clock.now())}]}`)
  }
}

/** Makes every region's head young enough and its shards present; nothing is waited for when all of it is. */
async function bringIn(
  readers: readonly RegionReader[],
  skus: readonly string[],
  keepAlive: KeepAlive,
): Promise<void> {
  for (const waiting of readers.map((reader) => reader.freshen(keepAlive))) if (waiting) await waiting
  const loads = readers.map((reader) => {
    const missing = new Set<number>()
    for (const sku of reader.copy.head ? skus : []) {
      const shard = reader.copy.missingShardOf(sku)
      if (shard >= 0) missing.add(shard)
    }
    return missing.size > 0 ? reader.load([...missing], keepAlive) : null
  })
  for (const load of loads) if (load) await load
}

function resultsJson(
  readers: readonly RegionReader[],
  skus: readonly string[],
  ask: { channel: string; segment: string | undefined; node: string | undefined },
  now: number,
): string {
  const tellers = readers.map((reader) => tellerOf(reader, ask, now))
  let json = ''
  for (const sku of skus) for (const tell of tellers) json += json === '' ? tell(sku) : `,${tell(sku)}`
  return json
}

/** Tells of one region, sku by sku. A region that can't tell doesn't keep the others from answering. */
function tellerOf(
  reader: RegionReader,
  ask: { channel: string; segment: string | undefined; node: string | undefined },
  now: number,
): (sku: string) => string {
  const asker = reader.told.asker(ask)
  const current: Partial<Record<Tier, string>> = {}
  return (sku) => {
    const telling = reader.copy.head ? reader.told.tell(sku, asker) : null
    if (!telling?.told) {
      const error = telling ? 'unknown-sku' : 'not-ready'
      return `{"sku":${JSON.stringify(sku)},"region":"${reader.region}","error":"${error}"}`
    }
    const { json, tier } = telling.told
    if (!telling.isCurrent) return json + ageingOf(reader, tier, telling, now).json
    return json + (current[tier] ??= ageingOf(reader, tier, telling, now).json)
  }
}

/** Cuts a list that is too long to one above the limit: refused all the same, without an issue for each entry. */
function withinCount(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || !('skus' in json) || !Array.isArray(json.skus)) return json
  return json.skus.length > SKUS_PER_QUERY_MAX
    ? { ...json, skus: json.skus.slice(0, SKUS_PER_QUERY_MAX + 1) }
    : json
}
