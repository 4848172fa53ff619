import { deleteCookie, setCookie } from 'hono/cookie'
import * as z from 'zod'
import type { Clock } from '../../shared/kernel/clock.ts'
import { problem } from '../../shared/node/http.ts'
import { secretEquals } from '../../shared/node/secrets.ts'
import type { CentreApp } from './centre-app.ts'
import { newSession, SESSION_COOKIE, SESSION_MS } from './session.ts'
import { consoleFile } from './static-files.ts'

const SignIn = z.strictObject({ key: z.string().max(512) })

/** Signing in and out, and the console's files. */
export function addConsole(app: CentreApp, key: string, clock: Clock): void {
  app.post('/session', async (c) => {
    const given = SignIn.safeParse(await c.req.json().catch(() => null))
    if (!given.success) return problem(c, 'malformed', { detail: 'send {"key": "…"}' })
    if (!secretEquals(given.data.key, key))
      return problem(c, 'unauthenticated', { detail: 'that is not the key of this centre' })
    setCookie(c, SESSION_COOKIE, newSession(key, clock.now()), {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: SESSION_MS / 1000,
    })
    return c.body(null, 204)
  })
  app.delete('/session', (c) => {
    deleteCookie(c, SESSION_COOKIE, { path: '/' })
    return c.body(null, 204)
  })
  app.get(
    '/',
    (c) =>
      consoleFile(c, 'index.html') ??
      c.text('The console is not built: npm start does it, or npx vite build hub/console', 503),
  )
  app.get('/assets/:name', (c) => consoleFile(c, `assets/${c.req.param('name')}`) ?? problem(c, 'not-found'))
}
