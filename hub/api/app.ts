import { OpenAPIHono } from '@hono/zod-openapi'
import { getCookie } from 'hono/cookie'
import type { Logger } from 'pino'
import { fieldErrors } from '../../shared/contract/problem.ts'
import { answerProblems, bearer, correlation, limitBody, problem } from '../../shared/node/http.ts'
import type { Centre } from '../centre.ts'
import type { CentreConfig } from '../config.ts'
import type { CentreApp } from './centre-app.ts'
import { addConsole } from './console.ts'
import { addHealth } from './health.ts'
import { addLive } from './live.ts'
import { addReads } from './reads.ts'
import { isSession, SESSION_COOKIE } from './session.ts'

/** The API only asks; nothing it takes is large. */
const BODY_BYTES_MAX = 64 * 1024

/** The centre's API and console: HTTP in front of what was taken in and reconciled. */
export function centreApi(centre: Centre, config: CentreConfig, log: Logger): CentreApp {
  const app: CentreApp = new OpenAPIHono({
    defaultHook: (result, c) =>
      result.success ? undefined : problem(c, 'malformed', { errors: fieldErrors(result.error) }),
  })
  const needsKey = bearer(config.key)
  app.use(correlation)
  app.use(limitBody(BODY_BYTES_MAX))
  // A browser that signed in carries a cookie instead of the key.
  app.use('/v1/*', (c, next) =>
    isSession(getCookie(c, SESSION_COOKIE), config.key, centre.clock.now()) ? next() : needsKey(c, next),
  )
  answerProblems(app, (error) => log.error({ err: error }, 'a request failed'))
  addHealth(app, centre)
  addReads(app, centre)
  addLive(app, centre)
  addConsole(app, config.key, centre.clock)
  return app
}
