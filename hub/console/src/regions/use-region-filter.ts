import { useSearchParams } from 'wouter'

/** The chosen region lives in the address (`?region=eu`), so that a view can be shared and the back button works. */
export function useRegionFilter(
  regions: readonly string[],
): readonly [chosen: string | null, choose: (region: string | null) => void] {
  const [params, setParams] = useSearchParams()
  const asked = params.get('region')
  const choose = (region: string | null) =>
    setParams((before) => {
      if (region === null) before.delete('region')
      else before.set('region', region)
      return before
    })
  // A region that isn't there would hide everything and explain nothing.
  return [asked !== null && regions.includes(asked) ? asked : null, choose]
}
