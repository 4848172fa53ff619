import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import * as z from 'zod'
import { callerAddress } from '../../shared/node/caller-address.ts'
import { consoleFile, consolePage, pageHeaders } from '../../shared/node/console-files.ts'
import { bearer, problem, type Variables } from '../../shared/node/http.ts'
import { RateLimit } from '../../shared/node/rate-limit.ts'
import { isForeign, isSameOrigin } from '../../shared/node/same-origin.ts'
import { secretMatcher } from '../../shared/node/secrets.ts'
import type { RegionConfig } from '../config.ts'
import type { RegionHub } from '../region-hub.ts'
import { ConsoleSessions, SESSION_MS } from './console-sessions.ts'
import type { RegionApp } from './region-app.ts'

const COOKIE = 'plimsoll-region-session'
const SIGN_INS = { burst: 10, perMinute: 10 }
const SignIn = z.strictObject({ key: z.string().max(512) })

type C = Context<{ Variables: Variables }>

/**
 * The same console that the centre serves, for this region alone, so that its operators see it while the centre is away. One
 * signs in with the region's key, which the browser does not keep: it gets a cookie for half a day.
 */
export class RegionConsole {
  readonly #config: RegionConfig
  readonly #hub: RegionHub
  readonly #sessions: ConsoleSessions
  readonly #signIns = new RateLimit(SIGN_INS)

  constructor(hub: RegionHub, config: RegionConfig) {
    this.#hub = hub
    this.#config = config
    this.#sessions = new ConsoleSessions(hub.clock)
  }

  /** Lets those through who have the key, and browsers that signed in; of these only our own pages may change anything. */
  letIn(isOpen: (path: string) => boolean): MiddlewareHandler<{ Variables: Variables }> {
    const withKey = bearer(this.#config.key, isOpen)
    return async (c, next) => {
      if (c.req.header('authorization') !== undefined || !c.req.path.startsWith('/v1/') || !this.#isIn(c))
        return withKey(c, next)
      const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
      if (!isRead && !isSameOrigin(c, undefined))
        return problem(c, 'forbidden', { detail: 'a page of another site may not act in your name' })
      return next()
    }
  }

  addTo(app: RegionApp): void {
    const isKey = secretMatcher(this.#config.key)
    app.get('/session', (c) => c.json({ person: this.#isIn(c) ? { name: 'operator' } : null, oidc: null }))
    app.post('/session', async (c) => {
      if (isForeign(c, undefined))
        return problem(c, 'forbidden', { detail: 'a page of another site may not sign you in' })
      const caller = callerAddress(c, 0)
      const again = this.#signIns.take(caller, this.#hub.clock.now())
      if (again !== null) {
        c.header('retry-after', String(again))
        return problem(c, 'too-many-requests', { detail: 'too many sign-ins failed' })
      }
      const given = SignIn.safeParse(await c.req.json().catch(() => null))
      if (!given.success) return problem(c, 'malformed', { detail: 'send {"key": "…"}' })
      if (!isKey(given.data.key))
        return problem(c, 'unauthenticated', { detail: 'that is not the key of this region' })
      this.#signIns.giveBack(caller)
      const options = { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: SESSION_MS / 1000 } as const
      setCookie(c, COOKIE, this.#sessions.open(), { ...options, secure: c.req.url.startsWith('https:') })
      return c.body(null, 204)
    })
    app.delete('/session', (c) => {
      const cookie = getCookie(c, COOKIE)
      if (cookie !== undefined && isSameOrigin(c, undefined)) this.#sessions.close(cookie)
      deleteCookie(c, COOKIE, { path: '/' })
      return c.body(null, 204)
    })
    app.get(
      '/assets/:name',
      (c) => consoleFile(c, `assets/${c.req.param('name')}`) ?? problem(c, 'not-found'),
    )
    app.get('*', pageHeaders, (c) => consolePage(c, `region:${this.#hub.region}`))
  }

  #isIn(c: C): boolean {
    const cookie = getCookie(c, COOKIE)
    return cookie !== undefined && this.#sessions.isOpen(cookie)
  }
}
