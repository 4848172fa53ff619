import { useSearchParams } from 'wouter'
import { useLive } from './live-context.ts'
import { servedBy } from './served-by.ts'

/** Who serves these pages, and which regions they can show. */
export type Where = { readonly kind: 'centre' | 'region'; readonly regions: readonly string[] }

export function useWhere(): Where {
  const { sighting } = useLive()
  const by = servedBy()
  if (by.kind === 'region') return { kind: 'region', regions: [by.region] }
  return { kind: 'centre', regions: sighting?.overview.regions.map(({ region }) => region) ?? [] }
}

/** The region that is looked at: `?region=`, else the first there is. Null while none is known. */
export function useRegion(): readonly [region: string | null, choose: (region: string) => void] {
  const { regions } = useWhere()
  const [params, setParams] = useSearchParams()
  const asked = params.get('region')
  const region = asked !== null && regions.includes(asked) ? asked : (regions[0] ?? null)
  const choose = (chosen: string) =>
    setParams((before) => {
      before.set('region', chosen)
      return before
    })
  return [region, choose]
}
