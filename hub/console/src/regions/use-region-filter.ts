import { useEffect, useState } from 'react'

/** The chosen region lives in the address (`?region=eu`), so that a view can be shared and the back button works. */
export function useRegionFilter(
  regions: readonly string[],
): readonly [chosen: string | null, choose: (region: string | null) => void] {
  const [chosen, setChosen] = useState(fromAddress)
  useEffect(() => {
    const onPopState = () => setChosen(fromAddress())
    window.addEventListener('popstate', onPopState)
    return () => window.removeEventListener('popstate', onPopState)
  }, [])
  const choose = (region: string | null) => {
    const address = new URL(window.location.href)
    if (region === null) address.searchParams.delete('region')
    else address.searchParams.set('region', region)
    window.history.pushState(null, '', address)
    setChosen(region)
  }
  // A region that isn't there would hide everything and explain nothing.
  return [chosen !== null && regions.includes(chosen) ? chosen : null, choose]
}

const fromAddress = (): string | null => new URLSearchParams(window.location.search).get('region')
