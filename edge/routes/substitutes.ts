import type { Asker, Told } from '../snapshots/told-figures.ts'
import type { RegionReader } from '../snapshots/region-reader.ts'

/** Substitutes are listed where there is none of the item itself, or when they are asked for. */
export const isWithSubstitutes = ({ figure, substitutes }: Told, areAskedFor: boolean): boolean =>
  substitutes.length > 0 && (figure === 0 || areAskedFor)

/** The shards that it takes to tell of them and that aren't here. */
export function missingForSubstitutes({ copy }: RegionReader, { substitutes }: Told): number[] {
  const missing = substitutes.map((sku) => copy.missingShardOf(sku)).filter((shard) => shard >= 0)
  return [...new Set(missing)]
}

/** Each with its own figure for the same asker; one that is no item of the region isn't listed. */
export function substitutesJson({ told }: RegionReader, { substitutes }: Told, asker: Asker): string {
  const listed = substitutes.flatMap((sku) => {
    const figure = told.tell(sku, asker)?.told?.figure
    return figure === undefined ? [] : [`{"sku":${JSON.stringify(sku)},"availableToSell":${figure}}`]
  })
  return `,"substitutes":[${listed.join(',')}]`
}
