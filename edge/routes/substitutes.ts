import type { RegionReader } from '../snapshots/region-reader.ts'
import type { Asker, Told } from '../snapshots/told-figures.ts'
import { figureNow } from './availability-answer.ts'

/** Substitutes are listed where there is none of the item itself, or when they are asked for. */
export const isWithSubstitutes = (told: Told, silentForMs: number, areAskedFor: boolean): boolean =>
  told.substitutes.length > 0 && (areAskedFor || figureNow(told, silentForMs) === 0)

/** The shards that it takes to tell of them and that aren't here. */
export function missingForSubstitutes({ copy }: RegionReader, { substitutes }: Told): number[] {
  const missing = substitutes.map((sku) => copy.missingShardOf(sku)).filter((shard) => shard >= 0)
  return [...new Set(missing)]
}

/** Each with its own figure for the same asker; one that is no item of the region isn't listed. */
export function substitutesJson(
  reader: RegionReader,
  { substitutes }: Told,
  asker: Asker,
  silentForMs: number,
): string {
  const listed = substitutes.flatMap((sku) => {
    const told = reader.told.tell(sku, asker)?.told
    if (!told) return []
    return [`{"sku":${JSON.stringify(sku)},"availableToSell":${figureNow(told, silentForMs)}}`]
  })
  return `,"substitutes":[${listed.join(',')}]`
}
