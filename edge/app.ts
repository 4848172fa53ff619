import { Hono } from 'hono'
import type { Edge, EdgeHandler, EdgeVariables } from './edge.ts'
import { byChannel } from './middleware/channel-key.ts'
import { preflight } from './middleware/cors.ts'
import { correlationOf } from './middleware/correlation-id.ts'
import { byOperator } from './middleware/operator-key.ts'
import { problem } from './middleware/problem.ts'
import { acceptPush } from './routes/accept-push.ts'
import { readHealth, readReadiness } from './routes/health.ts'
import { listChanges } from './routes/list-changes.ts'
import { listRegions } from './routes/list-regions.ts'
import { issueKey, listKeys, revokeKey } from './routes/manage-keys.ts'
import { readOpenApi } from './routes/openapi.ts'
import { makeReservation, readReservation, stepReservation } from './routes/pass-reservation.ts'
import { queryAvailability } from './routes/query-availability.ts'
import { readAsChannel } from './routes/read-as-channel.ts'
import { readAvailability } from './routes/read-availability.ts'
import { readDigests, readShardDigests } from './routes/read-digests.ts'

type Route = readonly [method: 'GET' | 'POST' | 'DELETE', path: string, handle: EdgeHandler]

/**
 * Every endpoint of the edge. Whatever goes wrong is answered as a problem. A route has one handler and no middleware
 * in front of it: Hono then calls it directly, which is what a cached read can afford.
 */
export function createApp(edge: Edge): Hono<EdgeVariables> {
  const routes: readonly Route[] = [
    ['POST', '/v1/availability/query', byChannel(edge, queryAvailability(edge))],
    ['GET', '/v1/availability/:sku', byChannel(edge, readAvailability(edge))],
    ['GET', '/v1/channels/:channel/availability/:sku', byOperator(edge, readAsChannel(edge))],
    ['GET', '/v1/changes', byChannel(edge, listChanges(edge))],
    ['GET', '/v1/regions', byChannel(edge, listRegions(edge))],
    ['POST', '/v1/reservations', byChannel(edge, makeReservation(edge))],
    ['GET', '/v1/reservations/:id', byChannel(edge, readReservation(edge))],
    ['POST', '/v1/reservations/:id/confirm', byChannel(edge, stepReservation(edge, 'confirm'))],
    ['POST', '/v1/reservations/:id/release', byChannel(edge, stepReservation(edge, 'release'))],
    ['POST', '/v1/reservations/:id/extend', byChannel(edge, stepReservation(edge, 'extend'))],
    ['GET', '/v1/digests', byOperator(edge, readDigests(edge))],
    ['GET', '/v1/digests/:shard', byOperator(edge, readShardDigests(edge))],
    ['POST', '/v1/keys', byOperator(edge, issueKey(edge))],
    ['GET', '/v1/keys', byOperator(edge, listKeys(edge))],
    ['DELETE', '/v1/keys/:id', byOperator(edge, revokeKey(edge))],
    ['POST', '/ingest/v1/:region', acceptPush(edge)],
    ['GET', '/healthz', readHealth],
    ['GET', '/readyz', readReadiness(edge)],
    ['GET', '/openapi.json', readOpenApi],
  ]
  const app = new Hono<EdgeVariables>()
  for (const [method, path, handle] of routes) app.on(method, path, handle)
  app.notFound(otherwise(routes))
  app.onError((error, c) => {
    edge.log('request-failed', { path: c.req.path, correlationId: correlationOf(c), error })
    return problem(c, 'internal')
  })
  return app
}

/** What a channel's own page may ask; pushes and the operators' questions don't come from pages. */
const FOR_PAGES = /^\/v1\/(availability|reservations|regions|changes)(\/|$)/

/** 405 with what is allowed where another method would have been understood, else 404. */
function otherwise(routes: readonly Route[]): EdgeHandler {
  const patterns = routes.map(([method, path]) => ({
    allows: method === 'GET' ? 'GET, HEAD' : method,
    form: new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+').replaceAll('.', '\\.')}$`),
  }))
  return (c) => {
    const allowed = patterns.filter(({ form }) => form.test(c.req.path)).map(({ allows }) => allows)
    if (allowed.length === 0) return problem(c, 'not-found')
    const origin = c.req.header('Origin')
    if (c.req.method === 'OPTIONS' && origin !== undefined && FOR_PAGES.test(c.req.path))
      return preflight(c, origin, allowed.join(', '))
    const detail = `${c.req.method} is not offered here`
    return problem(c, 'method-not-allowed', { detail }, { Allow: allowed.join(', ') })
  }
}
