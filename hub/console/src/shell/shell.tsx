import { lazy, type ReactNode, Suspense } from 'react'
import { Link, Redirect, Route, Switch } from 'wouter'
import { ConnectionStatus } from '../live/connection-status.tsx'
import { Masthead } from '../live/masthead.tsx'
import { SignOut } from '../live/sign-out.tsx'
import { useLiveOverview } from '../live/use-live-overview.ts'
import { PageHead } from '../parts/page-head.tsx'
import { LiveContext } from './live-context.ts'
import { Navigation } from './navigation.tsx'
import { PageBoundary } from './page-boundary.tsx'
import { PAGES_HERE } from './pages.ts'
import { servedBy } from './served-by.ts'

const IS_CENTRE = servedBy().kind === 'centre'
const ROUTES = PAGES_HERE.map(({ path, load }) => ({ path, Page: lazy(load) }))

/** What every page has around it, once somebody has signed in. */
export function Shell({
  onSignOut,
  onRefused,
}: {
  onSignOut: () => Promise<boolean>
  onRefused: () => Promise<void>
}): ReactNode {
  const live = useLiveOverview(IS_CENTRE, onRefused)
  return (
    <LiveContext value={live}>
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <Masthead>
        {IS_CENTRE && (
          <ConnectionStatus connection={live.connection} seenAt={live.sighting?.seenAt ?? null} />
        )}
        <SignOut onSignOut={onSignOut} />
      </Masthead>
      <Navigation />
      <main id="page" tabIndex={-1}>
        <Suspense fallback={<p className="waiting">Loading …</p>}>
          <Switch>
            {ROUTES.map(({ path, Page }) => (
              <Route key={path} path={path}>
                <PageBoundary>
                  <Page />
                </PageBoundary>
              </Route>
            ))}
            {!IS_CENTRE && ROUTES[0] && (
              <Route path="/">
                <Redirect to={ROUTES[0].path} replace />
              </Route>
            )}
            <Route>
              <PageHead title="There is no page at this address">
                <Link href={ROUTES[0]!.path}>Go to the first page</Link>
              </PageHead>
            </Route>
          </Switch>
        </Suspense>
      </main>
    </LiveContext>
  )
}
