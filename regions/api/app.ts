import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { fieldErrors } from '../../shared/contract/problem.ts'
import { answerProblems, correlation, limitBody, problem, type Variables } from '../../shared/node/http.ts'
import { packedAnswers } from '../../shared/node/packed-answers.ts'
import type { RegionConfig } from '../config.ts'
import type { RegionHub } from '../region-hub.ts'
import { RegionConsole } from './console.ts'
import { addCorrections } from './corrections.ts'
import { addDocs } from './docs.ts'
import { addEdge } from './edge.ts'
import { addEvents } from './events.ts'
import { addExceptions } from './exceptions.ts'
import { addFeeds } from './feeds.ts'
import { addHealth } from './health.ts'
import { addInbound } from './inbound.ts'
import { addMasterData } from './master-data.ts'
import { addSources } from './list-sources.ts'
import { addOrders } from './orders.ts'
import { addPolicies } from './policies.ts'
import { addEdgeRepair } from './repair-edge.ts'
import { addAvailability } from './read-availability.ts'
import { addJournal } from './read-journal.ts'
import { addPositions } from './read-positions.ts'
import type { RegionApp } from './region-app.ts'
import { addReservations } from './reservations.ts'

/** A day's file of an ERP fits; a mistake that streams for ever doesn't. */
const BODY_BYTES_MAX = 8 * 1024 * 1024

const OPEN_PATHS = new Set([
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/asyncapi.json',
  '/docs',
  '/docs/scalar.js',
])

/** Pages and their files say nothing of the region before one has signed in. */
const isOpen = (path: string): boolean =>
  OPEN_PATHS.has(path) || path.startsWith('/v1/inbound/') || !path.startsWith('/v1/')

/** A standby answers what is read; what changes something is for the writer. */
const writersOnly =
  (hub: RegionHub): MiddlewareHandler<{ Variables: Variables }> =>
  async (c, next) => {
    const isRead =
      c.req.method === 'GET' ||
      c.req.method === 'HEAD' ||
      c.req.path.endsWith('/query') ||
      c.req.path === '/session'
    if (isRead || hub.leading) return next()
    c.header('retry-after', '1')
    return problem(c, 'not-the-writer', {
      detail: 'this process stands by; ask the one that writes for this region',
    })
  }

/** The region API of docs/reference: HTTP in front of one region's hub. */
export function regionApi(
  hub: RegionHub,
  config: RegionConfig,
  onFailure: (error: unknown) => void,
): RegionApp {
  const app: RegionApp = new OpenAPIHono<{ Variables: Variables }>({
    defaultHook: (result, c) => {
      if (result.success) return undefined
      const code = result.target === 'json' ? 'invalid' : 'malformed'
      return problem(c, code, { errors: fieldErrors(result.error) })
    },
  })
  app.use(correlation)
  app.use('/v1/*', packedAnswers)
  // Inbound asks by itself: by signature where the source has a secret, else for the key.
  const console = new RegionConsole(hub, config)
  app.use(console.letIn(isOpen))
  app.use(limitBody(BODY_BYTES_MAX))
  app.use(writersOnly(hub))
  answerProblems(app, onFailure)
  addHealth(app, hub)
  addEvents(app, hub)
  addInbound(app, hub, config.key)
  addMasterData(app, hub)
  addPolicies(app, hub)
  addCorrections(app, hub)
  addSources(app, hub)
  addEdge(app, hub)
  addFeeds(app, hub)
  addAvailability(app, hub)
  addPositions(app, hub)
  addReservations(app, hub)
  addOrders(app, hub)
  addJournal(app, hub)
  addEdgeRepair(app, hub)
  addExceptions(app, hub)
  addDocs(app)
  console.addTo(app)
  return app
}
