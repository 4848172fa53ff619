import type { Freshness } from '../../shared/contract/availability-api.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import { standingOf } from '../snapshots/freshness.ts'
import type { Moment, Time } from '../snapshots/region-copy.ts'
import type { RegionReader } from '../snapshots/region-reader.ts'
import type { Telling } from '../snapshots/told-figures.ts'

/** The part of an answer that ages, the same for every sku of a tier that was found at one moment. */
export type Ageing = {
  readonly freshness: Freshness
  /** How much longer the answer may call itself fresh. */
  readonly freshLeftMs: number
  /** Behind what was told of the sku, it completes an AvailabilityAnswer. */
  readonly json: string
}

/** A moment before `now` by our clock or, when clocks differ, after it: that counts as age 0. */
export function ageingOf(
  reader: RegionReader,
  tier: Tier,
  { moment, isCurrent }: { readonly moment: Moment; readonly isCurrent: boolean },
  now: number,
): Ageing {
  const time = moment.byTier[tier]
  const ageMs = Math.max(0, now - time.at)
  const freshForMs = reader.copy.head!.rules.freshForMs[tier]
  const { freshness, reasons } = standingOf({
    ageMs,
    silentForMs: now - moment.spoken.at,
    freshForMs,
    isCurrent,
    isStoreFailing: reader.isStoreFailing,
  })
  return {
    freshness,
    freshLeftMs: freshness === 'fresh' ? freshForMs - ageMs : 0,
    json:
      `,"version":${moment.version},"asOf":"${time.text}","age":${ageMs},"freshness":"${freshness}",` +
      `"reasons":${reasons.length === 0 ? '[]' : JSON.stringify(reasons)}}`,
  }
}

/** When what was told was true: by its tier; of a sku that isn't there, when the region spoke. */
export const timeOf = ({ told, moment }: Telling): Time => (told ? moment.byTier[told.tier] : moment.spoken)
