import { type ReactNode, useEffect, useRef } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { PAGES_HERE } from './pages.ts'

/** The chosen region goes along from page to page. */
export function Navigation(): ReactNode {
  const [location] = useLocation()
  const [params] = useSearchParams()
  const region = params.get('region')
  const suffix = region === null ? '' : `?region=${encodeURIComponent(region)}`
  const list = useRef<HTMLUListElement>(null)
  // On a phone the names are one row that is pushed sideways: where one is comes into sight.
  useEffect(() => {
    // A promise in newer browsers: an effect must not answer it.
    void list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [location])
  const named = PAGES_HERE.filter(({ label }) => label !== null)
  if (named.length < 2) return null
  return (
    <nav className="navigation" aria-label="Pages">
      <ul ref={list}>
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
