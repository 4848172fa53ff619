import type { Tier } from '../../shared/domain/tier.ts'
import type { Edge } from '../edge.ts'
import type { KeepAlive, RegionReader } from '../snapshots/region-reader.ts'
import { ageingOf, sayOf, type Ageing } from './availability-answer.ts'
import { isWithSubstitutes, missingForSubstitutes, substitutesJson } from './substitutes.ts'

export type Ask = {
  readonly channel: string
  readonly segment: string | undefined
  readonly node: string | undefined
  readonly substitutes: boolean
}

/** Makes every region's head young enough and its shards present; nothing is waited for when all of it is. */
export async function bringIn(
  readers: readonly RegionReader[],
  skus: readonly string[],
  ask: Ask,
  keepAlive: KeepAlive,
): Promise<void> {
  for (const waiting of readers.map((reader) => reader.freshen(keepAlive))) if (waiting) await waiting
  const loads = readers.map((reader) => {
    const missing = new Set<number>()
    const asker = reader.told.asker(ask)
    for (const sku of reader.copy.head ? skus : []) {
      const shard = reader.told.missingShardOf(sku, asker)
      if (shard >= 0) missing.add(shard)
    }
    return missing.size > 0 ? reader.load([...missing], keepAlive) : null
  })
  for (const load of loads) if (load) await load
}

/** Shards of substitutes that have to be had first: few rows name any, so that is found out on the way. */
type Missing = Map<RegionReader, Set<number>>

type Told = {
  readonly json: string
  readonly missing: Missing
  /** Some could not be told, or only as they were earlier. */
  isBehind: boolean
}

/** Tells of skus that were brought in, and brings in the substitutes that are to be listed beside them. */
export async function tellSkus(
  { clock }: Edge,
  readers: readonly RegionReader[],
  skus: readonly string[],
  ask: Ask,
  keepAlive: KeepAlive,
): Promise<Pick<Told, 'json' | 'isBehind'>> {
  const told = resultsJson(readers, skus, ask, clock.now())
  if (told.missing.size === 0) return told
  await Promise.all([...told.missing].map(([reader, shards]) => reader.load([...shards], keepAlive)))
  return resultsJson(readers, skus, ask, clock.now())
}

function resultsJson(readers: readonly RegionReader[], skus: readonly string[], ask: Ask, now: number): Told {
  const told: Told & { json: string } = { json: '', missing: new Map(), isBehind: false }
  const tellers = readers.map((reader) => tellerOf(reader, ask, now, told))
  let json = ''
  for (const sku of skus) for (const tell of tellers) json += json === '' ? tell(sku) : `,${tell(sku)}`
  told.json = json
  return told
}

/** Tells of one region, sku by sku. A region that can't tell doesn't keep the others from answering. */
function tellerOf(reader: RegionReader, ask: Ask, now: number, all: Told): (sku: string) => string {
  const asker = reader.told.asker(ask)
  const current: Partial<Record<Tier, Ageing>> = {}
  return (sku) => {
    const telling = reader.copy.head ? reader.told.tell(sku, asker) : null
    if (!telling?.isCurrent) all.isBehind = true
    if (!telling?.told) {
      const error = telling ? 'unknown-sku' : 'not-ready'
      return `{"sku":${JSON.stringify(sku)},"region":"${reader.region}","error":"${error}"}`
    }
    const { told } = telling
    const ageing = telling.isCurrent
      ? (current[told.tier] ??= ageingOf(reader, told.tier, telling, now))
      : ageingOf(reader, told.tier, telling, now)
    if (!isWithSubstitutes(told, ageing.silentForMs, ask.substitutes)) return sayOf(told, ageing, asker).json
    noteMissing(all.missing, reader, missingForSubstitutes(reader, told))
    return sayOf(told, ageing, asker, substitutesJson(reader, told, asker, ageing.silentForMs)).json
  }
}

function noteMissing(missing: Missing, reader: RegionReader, shards: readonly number[]): void {
  if (shards.length === 0) return
  const noted = missing.get(reader) ?? new Set()
  for (const shard of shards) noted.add(shard)
  missing.set(reader, noted)
}
