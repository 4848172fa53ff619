import type { ReactNode } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { PAGES_HERE } from './pages.ts'

/** The chosen region goes along from page to page. */
export function Navigation(): ReactNode {
  const [location] = useLocation()
  const [params] = useSearchParams()
  const region = params.get('region')
  const suffix = region === null ? '' : `?region=${encodeURIComponent(region)}`
  const named = PAGES_HERE.filter(({ label }) => label !== null)
  if (named.length < 2) return null
  return (
    <nav className="navigation" aria-label="Pages">
      <ul>
        {named.map(({ path, label }) => (
          <li key={path}>
            <Link href={path + suffix} aria-current={isAt(location, path) ? 'page' : undefined}>
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** A page is also where one is on those below it. */
const isAt = (location: string, path: string): boolean =>
  location === path || (path !== '/' && location.startsWith(`${path}/`))
