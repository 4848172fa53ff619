import { useEffect, useState } from 'react'

/** Where people also sign in, if the centre was told of such a place: what its button says. */
export function useProvider(): string | null {
  const [label, setLabel] = useState<string | null>(null)
  useEffect(() => {
    const asking = new AbortController()
    const ask = async () => {
      try {
        const response = await fetch('/session', { signal: asking.signal })
        const told = (await response.json()) as { oidc?: { label: string } | null }
        setLabel(told.oidc?.label ?? null)
      } catch {
        // The key works without it, and the next visit asks again.
      }
    }
    void ask()
    return () => asking.abort()
  }, [])
  return label
}
