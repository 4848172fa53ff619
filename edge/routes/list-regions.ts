import type { Edge, EdgeContext } from '../edge.ts'
import type { ChannelKey } from '../keys/channel-keys.ts'
import { answerJson } from '../middleware/answer.ts'
import { Tier } from '../../shared/domain/tier.ts'
import { standingOf } from '../snapshots/freshness.ts'
import type { RegionReader } from '../snapshots/region-reader.ts'

/** GET /v1/regions: how far each region that the key sees has come. One that never pushed isn't listed. */
export function listRegions(edge: Edge): (c: EdgeContext, key: ChannelKey) => Promise<Response> {
  return async (c, key) => {
    const readers = key.regions.flatMap((region) => edge.regions.get(region) ?? [])
    await Promise.all(readers.map((reader) => reader.freshen((work) => c.executionCtx.waitUntil(work))))
    const now = edge.clock.now()
    const regions = readers.flatMap((reader) => (reader.copy.head ? [regionEntry(reader, now)] : []))
    return answerJson(c, { regions })
  }
}

/** The least fresh tier decides: a region is called fresh when all of its answers are. */
function regionEntry({ region, copy, isStoreFailing }: RegionReader, now: number): object {
  const { version, epoch, asOf, rules, tierAsOf } = copy.head!
  const standings = Tier.options.map((tier) =>
    standingOf({
      ageMs: now - tierAsOf[tier],
      silentForMs: now - asOf,
      freshForMs: rules.freshForMs[tier],
      isCurrent: true,
      isStoreFailing,
    }),
  )
  const { freshness } = standings.find((standing) => standing.freshness !== 'fresh') ?? standings[0]!
  const age = Math.max(0, now - asOf)
  const { policies } = rules
  const obeyed = policies === undefined ? {} : { policies }
  return { region, version, epoch, watermark: copy.moment.spoken.text, age, freshness, ...obeyed }
}
