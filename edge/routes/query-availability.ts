import { EdgeQuery, SKUS_PER_QUERY_MAX } from '../../shared/contract/availability-api.ts'
import { fieldErrors } from '../../shared/contract/problem.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import type { Edge, EdgeContext } from '../edge.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { homeRegion } from '../keys/places.ts'
import { answerJson } from '../middleware/answer.ts'
import { readJson } from '../middleware/json-body.ts'
import { problem } from '../middleware/problem.ts'
import type { KeepAlive, RegionReader } from '../snapshots/region-reader.ts'
import { ageingOf, sayOf, type Ageing } from './availability-answer.ts'
import { regionFor, segmentRefusal } from './availability-ask.ts'
import { isWithSubstitutes, missingForSubstitutes, substitutesJson } from './substitutes.ts'

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
    await bringIn(readers, skus, keepAlive)
    if (!readers.some(({ copy }) => copy.head))
      return problem(c, 'not-ready', { detail: 'no copy of these regions can be had right now' })
    const ask = { channel: key.channel, segment, node, substitutes: query.data.substitutes === true }
    const told = resultsJson(readers, skus, ask, edge.clock.now())
    if (told.missing.size === 0) return answerJson(c, `{"results":[${told.json}]}`)
    await Promise.all([...told.missing].map(([reader, shards]) => reader.load([...shards], keepAlive)))
    return answerJson(c, `{"results":[${resultsJson(readers, skus, ask, edge.clock.now()).json}]}`)
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

type Ask = {
  readonly channel: string
  readonly segment: string | undefined
  readonly node: string | undefined
  readonly substitutes: boolean
}

/** Shards of substitutes that have to be had first: few rows name any, so that is found out on the way. */
type Missing = Map<RegionReader, Set<number>>

function resultsJson(
  readers: readonly RegionReader[],
  skus: readonly string[],
  ask: Ask,
  now: number,
): { json: string; missing: Missing } {
  const missing: Missing = new Map()
  const tellers = readers.map((reader) => tellerOf(reader, ask, now, missing))
  let json = ''
  for (const sku of skus) for (const tell of tellers) json += json === '' ? tell(sku) : `,${tell(sku)}`
  return { json, missing }
}

/** Tells of one region, sku by sku. A region that can't tell doesn't keep the others from answering. */
function tellerOf(reader: RegionReader, ask: Ask, now: number, missing: Missing): (sku: string) => string {
  const asker = reader.told.asker(ask)
  const current: Partial<Record<Tier, Ageing>> = {}
  return (sku) => {
    const telling = reader.copy.head ? reader.told.tell(sku, asker) : null
    if (!telling?.told) {
      const error = telling ? 'unknown-sku' : 'not-ready'
      return `{"sku":${JSON.stringify(sku)},"region":"${reader.region}","error":"${error}"}`
    }
    const { told } = telling
    const ageing = telling.isCurrent
      ? (current[told.tier] ??= ageingOf(reader, told.tier, telling, now))
      : ageingOf(reader, told.tier, telling, now)
    if (!isWithSubstitutes(told, ageing.silentForMs, ask.substitutes)) return sayOf(told, ageing, asker).json
    noteMissing(missing, reader, missingForSubstitutes(reader, told))
    return sayOf(told, ageing, asker, substitutesJson(reader, told, asker, ageing.silentForMs)).json
  }
}

function noteMissing(missing: Missing, reader: RegionReader, shards: readonly number[]): void {
  if (shards.length === 0) return
  const noted = missing.get(reader) ?? new Set()
  for (const shard of shards) noted.add(shard)
  missing.set(reader, noted)
}

/** Cuts a list that is too long to one above the limit: refused all the same, without an issue for each entry. */
function withinCount(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || !('skus' in json) || !Array.isArray(json.skus)) return json
  return json.skus.length > SKUS_PER_QUERY_MAX
    ? { ...json, skus: json.skus.slice(0, SKUS_PER_QUERY_MAX + 1) }
    : json
}
