import { useParams } from 'wouter'

/** A part of the page's address, as it was before it was written into one (`web:7`, not `web%3A7`). */
export function usePathParam(name: string): string {
  const given = useParams<Record<string, string>>()[name] ?? ''
  try {
    return decodeURIComponent(given)
  } catch {
    return given
  }
}
