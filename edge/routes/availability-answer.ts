import type { Freshness } from '../../shared/contract/availability-api.ts'
import { heldBack } from '../../shared/domain/fallback.ts'
import type { Tier } from '../../shared/domain/tier.ts'
import { standingOf, worst } from '../snapshots/freshness.ts'
import type { Moment, Time } from '../snapshots/region-copy.ts'
import type { RegionReader } from '../snapshots/region-reader.ts'
import { toldJson, type Asker, type Telling, type Told } from '../snapshots/told-figures.ts'

/** The part of an answer that ages, the same for every sku of a tier that was found at one moment. */
export type Ageing = {
  readonly freshness: Freshness
  /** How much longer the answer may call itself fresh. */
  readonly freshLeftMs: number
  readonly reasons: readonly string[]
  /** Version and age. */
  readonly json: string
  /** The same with the standing: behind what was told of most skus, it completes an AvailabilityAnswer. */
  readonly end: string
  /** How long the region has said nothing; 0 while it is our own store that keeps us from hearing it. */
  readonly silentForMs: number
}

/** An answer: what was told of a sku, as it stands now. */
export type Said = Pick<Ageing, 'freshness' | 'freshLeftMs'> & {
  readonly figure: number
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
  const { freshForMs: freshByTier, policies } = reader.copy.head!.rules
  const freshForMs = freshByTier[tier]
  const silentForMs = now - moment.spoken.at
  const { isStoreFailing } = reader
  const { freshness, reasons } = standingOf({ ageMs, silentForMs, freshForMs, isCurrent, isStoreFailing })
  const obeyed = policies === undefined ? '' : `,"policies":${policies}`
  const json = `,"version":${moment.version},"asOf":"${time.text}","age":${ageMs}${obeyed}`
  return {
    freshness,
    freshLeftMs: freshness === 'fresh' ? freshForMs - ageMs : 0,
    reasons,
    json,
    end: [json, standingJson(freshness, reasons)].join(''),
    silentForMs: isCurrent && !isStoreFailing ? silentForMs : 0,
  }
}

/** What may be sold by what was told, when the region has said nothing for so long. */
export const figureNow = ({ figure, fallback }: Told, silentForMs: number): number =>
  fallback !== undefined && silentForMs > fallback.afterMs ? figure - heldBack(fallback, figure) : figure

/**
 * What is answered of a sku. For most that is what was told, and its age. Where the region has been silent for longer than its
 * `edgeFallback` allows, the figure is served, held back in part, or 0, and the answer says so.
 */
export function sayOf(told: Told, ageing: Ageing, asker: Asker, substitutes = ''): Said {
  const { silence, fallback, tier, sku } = told
  const fallbackInMs = fallback ? fallback.afterMs - ageing.silentForMs : Number.POSITIVE_INFINITY
  const freshLeftMs = Math.max(0, Math.min(ageing.freshLeftMs, fallbackInMs))
  if (silence === null && fallbackInMs >= 0)
    return {
      figure: told.figure,
      freshness: ageing.freshness,
      freshLeftMs,
      json: told.json + substitutes + ageing.end,
    }
  const isSilent = fallbackInMs < 0
  const figure = figureNow(told, ageing.silentForMs)
  const reasons = new Set([...ageing.reasons, ...(silence?.reasons ?? [])])
  if (isSilent) reasons.add('region-silent').add(`fallback-${fallback!.action}`)
  const byFallback = !isSilent ? 'fresh' : fallback!.action === 'serve' ? 'stale' : 'degraded'
  const freshness = worst(worst(ageing.freshness, silence?.freshness ?? 'fresh'), byFallback)
  const begin = figure === told.figure ? told.json : toldJson(sku, asker.prefix, figure, tier)
  return {
    figure,
    freshness,
    freshLeftMs: freshness === 'fresh' ? freshLeftMs : 0,
    json: `${begin}${substitutes}${ageing.json}${standingJson(freshness, [...reasons])}`,
  }
}

const standingJson = (freshness: Freshness, reasons: readonly string[]): string =>
  `,"freshness":"${freshness}","reasons":${reasons.length === 0 ? '[]' : JSON.stringify(reasons)}}`

/** When what was told was true: by its tier; of a sku that isn't there, when the region spoke. */
export const timeOf = ({ told, moment }: Telling): Time => (told ? moment.byTier[told.tier] : moment.spoken)
