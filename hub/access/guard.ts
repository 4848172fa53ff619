import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { problem } from '../../shared/node/http.ts'
import type { CentreVariables } from '../api/centre-app.ts'
import type { Access } from './access.ts'
import { neededRole, onlyReads } from './needed-role.ts'
import { HIDDEN, onlyRegions } from './only-regions.ts'
import { redacted } from './redacted.ts'
import { may, maySomewhere, type Person } from './role.ts'
import { isSameOrigin } from '../../shared/node/same-origin.ts'
import { sessionCookie } from './session-cookie.ts'

type Handler = MiddlewareHandler<{ Variables: CentreVariables }>
type C = Context<{ Variables: CentreVariables }>

const isRead = (c: C): boolean => onlyReads(c.req.method, c.req.path)
const isPlainRead = (c: C): boolean => c.req.method === 'GET' || c.req.method === 'HEAD'

/** Finds out who asks: by a key or token, or by the cookie of a browser that signed in. */
export function identify(access: Access): Handler {
  return async (c, next) => {
    const authorization = c.req.header('authorization')
    if (authorization !== undefined) {
      const secret = /^Bearer (\S{1,512})$/.exec(authorization)?.[1]
      const holder = secret === undefined ? null : await access.holder(secret)
      if (!holder) return refused(c)
      c.set('person', holder.person)
      c.set('isStillIn', async () => (await access.holder(secret!)) !== null)
      return next()
    }
    const { name, options } = sessionCookie(access.config)
    const cookie = getCookie(c, name)
    const found = cookie === undefined ? null : await access.sessions.find(cookie, access.clock.now())
    if (!found) return refused(c)
    if (!isPlainRead(c) && !isSameOrigin(c, access.config.publicUrl))
      return problem(c, 'forbidden', { detail: 'a page of another site may not act in your name' })
    c.set('person', found.person)
    const current = found.next ?? cookie!
    c.set('isStillIn', async () => (await access.sessions.find(current, access.clock.now())) !== null)
    if (found.next !== null)
      setCookie(c, name, found.next, { ...options, expires: new Date(found.expiresAt) })
    return next()
  }
}

function refused(c: C): Response {
  c.header('www-authenticate', 'Bearer')
  return problem(c, 'unauthenticated', {
    detail: 'Send the key of this centre or a token as Authorization: Bearer, or sign in',
  })
}

/** Not more than hands can do. Before anything is written down, so that a flood does not fill the log. */
export function limitWrites(access: Access): Handler {
  return async (c, next) => {
    const again = isRead(c) ? null : access.writes.take(c.get('person').id, access.clock.now())
    if (again === null) return next()
    c.header('retry-after', String(again))
    return problem(c, 'too-many-requests')
  }
}

/**
 * Writes down what somebody is about to do, and what became of it. When it can't be written down it isn't done; an entry
 * without its answer is an action in which the centre died.
 */
export function auditWrites(access: Access): Handler {
  return async (c, next) => {
    if (isRead(c)) return next()
    const { id: actor, via } = c.get('person')
    const entry = {
      actor,
      via,
      action: c.req.method,
      subject: c.req.path.slice(0, 512),
      correlationId: c.get('correlationId'),
    }
    const body = redacted(await c.req.text())
    const sequence = await access.audit.append({ ...entry, detail: { body } }, access.clock.now())
    await next()
    const answered = { ...entry, action: `${entry.action} answered` }
    await access.audit.append(
      { ...answered, detail: { request: sequence, status: c.res.status } },
      access.clock.now(),
    )
  }
}

export const authorize: Handler = async (c, next) => {
  const { role, where } = neededRole(c.req.method === 'HEAD' ? 'GET' : c.req.method, c.req.path)
  const person = c.get('person')
  const is =
    where === 'somewhere'
      ? maySomewhere(person, role)
      : may(person, role, where === 'everywhere' ? null : where.region)
  if (is) return next()
  const there =
    where === 'everywhere' ? ' in all regions' : where === 'somewhere' ? '' : ` in the region ${where.region}`
  return problem(c, 'forbidden', { detail: `this needs the role ${role}${there}` })
}

/** Cuts what is read to the regions that a person may see. */
export function showOwnRegions(regions: readonly string[]): Handler {
  return async (c, next) => {
    const isHidden = hiddenFrom(c.get('person'), regions)
    // Sums of a region do not say of which one they are: so it is not even asked for another.
    if (isHidden !== null && isHidden(c.req.query('region') ?? '')) return problem(c, 'unknown-region')
    await next()
    if (isHidden === null) return
    const type = c.res.headers.get('content-type') ?? ''
    // A stream cuts itself (api/live.ts), a problem tells nothing; of anything else it can't be seen what is in it.
    if (/^(text\/event-stream|application\/problem\+json)\b/.test(type) || c.res.body === null) return
    if (!/^application\/json\b/.test(type)) {
      c.res = problem(c, 'forbidden', { detail: 'this needs the role viewer in all regions' })
      return
    }
    const shown = onlyRegions(await c.res.json(), isHidden)
    if (shown === HIDDEN) c.res = problem(c, 'not-found')
    else c.res = Response.json(shown, { status: c.res.status, headers: withoutLength(c.res.headers) })
  }
}

/** Which regions a person may not see; null when all of them may be seen. */
export function hiddenFrom(person: Person, regions: readonly string[]): ((region: string) => boolean) | null {
  if (may(person, 'viewer', null)) return null
  const hidden = new Set(regions.filter((region) => !may(person, 'viewer', region)))
  return (region) => hidden.has(region)
}

function withoutLength(headers: Headers): Headers {
  const kept = new Headers(headers)
  kept.delete('content-length')
  kept.delete('etag')
  return kept
}
