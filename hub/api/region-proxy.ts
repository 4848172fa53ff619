import type { Context } from 'hono'
import { problem } from '../../shared/node/http.ts'
import { may } from '../access/role.ts'
import type { Centre } from '../centre.ts'
import type { CentreApp, CentreVariables } from './centre-app.ts'

/** What people do in a region from the console; all else that changes a region goes by the centre's own routes. */
const WRITES = [
  /^\/v1\/exceptions\/[^/]{1,256}\/(replay|discard)$/,
  /^\/v1\/exceptions:[a-z-]{1,32}$/,
  /^\/v1\/orders\/[^/]{1,160}\/(cancel|resume)$/,
  /^\/v1\/feeds\/[^/]{1,64}\/(pause|resume|resend)$/,
  /^\/v1\/availability\/query$/,
]

/**
 * A region's own API for people who are known here: they need no key of the region, which only the centre holds. Read by
 * whoever may see the region, written by its operators.
 */
export function addRegionProxy(app: CentreApp, centre: Centre): void {
  app.get('/v1/regions/:region/api/*', (c) => pass(c, centre))
  app.post('/v1/regions/:region/api/*', (c) => pass(c, centre))
}

async function pass(c: Context<{ Variables: CentreVariables }>, centre: Centre): Promise<Response> {
  const region = c.req.param('region') ?? ''
  if (!centre.regions.includes(region) || !may(c.get('person'), 'viewer', region))
    return problem(c, 'unknown-region')
  const { pathname, search } = new URL(c.req.url)
  const path = pathname.slice(`/v1/regions/${region}/api`.length)
  const isRead = c.req.method !== 'POST'
  if (!path.startsWith('/v1/') || (!isRead && !WRITES.some((it) => it.test(path)))) {
    return problem(c, 'not-found', { detail: `${c.req.method} ${path} is not passed on to a region` })
  }
  const { status, body } = await centre.apis.ask(region, path + search, {
    correlationId: c.get('correlationId'),
    ...(isRead ? {} : { json: await c.req.json().catch(() => ({})) }),
  })
  return c.json(body, status as 200)
}
