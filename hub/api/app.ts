import { OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import { fieldErrors } from '../../shared/contract/problem.ts'
import { pageHeaders } from '../../shared/node/console-files.ts'
import { answerProblems, correlation, limitBody, problem } from '../../shared/node/http.ts'
import { packedAnswers } from '../../shared/node/packed-answers.ts'
import { Access } from '../access/access.ts'
import { auditWrites, authorize, identify, limitWrites, showOwnRegions } from '../access/guard.ts'
import type { Centre } from '../centre.ts'
import type { CentreConfig } from '../config.ts'
import { addAlerts } from './alerts.ts'
import { addAudit } from './audit.ts'
import type { CentreApp } from './centre-app.ts'
import { addConsole } from './console.ts'
import { addEdgeAnswers } from './edge-answers.ts'
import { addFeeds } from './feeds.ts'
import { addHealth } from './health.ts'
import { addLive } from './live.ts'
import { addPolicies } from './policies.ts'
import { addReads } from './reads.ts'
import { addRegionProxy } from './region-proxy.ts'
import { addSession } from './session.ts'
import { addTokens } from './tokens.ts'
import { addTrends } from './trends.ts'
import { addVariances } from './variances.ts'

/** The API only asks; nothing it takes is large. */
const BODY_BYTES_MAX = 64 * 1024

/** The centre's API and console: HTTP in front of what was taken in and reconciled. */
export function centreApi(centre: Centre, config: CentreConfig, log: Logger): CentreApp {
  const app: CentreApp = new OpenAPIHono({
    defaultHook: (result, c) =>
      result.success ? undefined : problem(c, 'malformed', { errors: fieldErrors(result.error) }),
  })
  const { db, clock } = centre
  const access = new Access({ db, clock, log, key: config.key, config: config.access })
  app.use(pageHeaders)
  app.use(correlation)
  app.use('/v1/*', packedAnswers)
  app.use(limitBody(BODY_BYTES_MAX))
  app.use('/v1/*', identify(access), limitWrites(access), auditWrites(access), authorize)
  app.use('/v1/*', showOwnRegions(centre.regions))
  answerProblems(app, (error) => log.error({ err: error }, 'a request failed'))
  addHealth(app, centre)
  addReads(app, centre)
  addFeeds(app, centre)
  addRegionProxy(app, centre)
  addEdgeAnswers(app, centre, config.edge)
  addTrends(app, centre)
  addVariances(app, centre)
  addPolicies(app, centre)
  addAlerts(app, centre)
  addLive(app, centre)
  addSession(app, access)
  addTokens(app, access)
  addAudit(app, access)
  addConsole(app)
  return app
}
