import { lazy, type ReactNode, Suspense } from 'react'
import { Route, Switch } from 'wouter'
import { ConnectionStatus } from '../live/connection-status.tsx'
import { Masthead } from '../live/masthead.tsx'
import { SignOut } from '../live/sign-out.tsx'
import { useLiveOverview } from '../live/use-live-overview.ts'
import { LiveContext } from './live-context.ts'
import { Navigation } from './navigation.tsx'
import { PAGES } from './pages.ts'

const ROUTES = PAGES.map(({ path, load }) => ({ path, Page: lazy(load) }))

/** What every page has around it, once somebody has signed in. */
export function Shell({
  onSignOut,
  onRefused,
}: {
  onSignOut: () => Promise<boolean>
  onRefused: () => Promise<void>
}): ReactNode {
  const live = useLiveOverview(onRefused)
  return (
    <LiveContext value={live}>
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <Masthead>
        <ConnectionStatus connection={live.connection} seenAt={live.sighting?.seenAt ?? null} />
        <SignOut onSignOut={onSignOut} />
      </Masthead>
      <Navigation />
      <main id="page" tabIndex={-1}>
        <Suspense fallback={<p className="waiting">Loading …</p>}>
          <Switch>
            {ROUTES.map(({ path, Page }) => (
              <Route key={path} path={path}>
                <Page />
              </Route>
            ))}
            <Route>
              <p className="nothing">There is no page at this address.</p>
            </Route>
          </Switch>
        </Suspense>
      </main>
    </LiveContext>
  )
}
