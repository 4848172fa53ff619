import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import * as z from 'zod'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { problem } from '../../shared/node/http.ts'
import type { Access } from '../access/access.ts'
import { callerAddress } from '../../shared/node/caller-address.ts'
import { type OidcRefusal, UNDER_WAY_MS } from '../access/oidc.ts'
import type { Person } from '../access/role.ts'
import { isForeign, isSameOrigin } from '../../shared/node/same-origin.ts'
import { sessionCookie, underWayCookie } from '../access/session-cookie.ts'
import { type Credential, SESSION_MS } from '../access/sessions.ts'
import type { CentreApp, CentreVariables } from './centre-app.ts'

const SignIn = z.strictObject({ key: z.string().max(512) })

type C = Context<{ Variables: CentreVariables }>

/** Signing in, by the centre's key, by a token, or at a provider; and out. */
export function addSession(app: CentreApp, access: Access): void {
  app.get('/session', (c) => tellSession(c, access))
  app.post('/session', (c) => signIn(c, access))
  app.delete('/session', (c) => signOut(c, access))
  app.get('/session/oidc', async (c) => {
    if (!access.oidc) return problem(c, 'not-found', { detail: 'no provider was named for signing in' })
    const { location, cookie } = await access.oidc.begin()
    const { name, options } = underWayCookie(access.config)
    setCookie(c, name, cookie, { ...options, maxAge: UNDER_WAY_MS / 1000 })
    return c.redirect(location, 302)
  })
  app.get('/session/oidc/callback', (c) => finishOidc(c, access))
}

/** Who this browser is; a page asks it before it shows anything. */
async function tellSession(c: C, access: Access): Promise<Response> {
  const cookie = getCookie(c, sessionCookie(access.config).name)
  const found = cookie === undefined ? null : await access.sessions.find(cookie, access.clock.now())
  const signedIn = found && {
    id: found.person.id,
    name: found.person.name,
    via: found.person.via,
    grants: found.person.grants,
    expiresAt: formatInstant(found.expiresAt),
  }
  return c.json({ person: signedIn, oidc: access.oidc ? { label: access.oidc.label } : null })
}

async function signIn(c: C, access: Access): Promise<Response> {
  if (isForeign(c, access.config.publicUrl))
    return problem(c, 'forbidden', { detail: 'a page of another site may not sign you in' })
  const caller = callerAddress(c, access.config.proxies)
  const again = access.signIns.take(caller, access.clock.now())
  if (again !== null) {
    c.header('retry-after', String(again))
    return problem(c, 'too-many-requests', { detail: 'too many sign-ins failed from here' })
  }
  const given = SignIn.safeParse(await c.req.json().catch(() => null))
  if (!given.success) return problem(c, 'malformed', { detail: 'send {"key": "…"}' })
  const holder = await access.holder(given.data.key)
  if (!holder) {
    await note(c, access, 'session.refused', { id: 'unknown', via: 'key' }, { caller })
    return problem(c, 'unauthenticated', { detail: 'that is neither the key of this centre nor a token' })
  }
  access.signIns.giveBack(caller)
  await openSession(c, access, holder.person, holder.credential)
  return c.body(null, 204)
}

async function finishOidc(c: C, access: Access): Promise<Response> {
  if (!access.oidc) return problem(c, 'not-found', { detail: 'no provider was named for signing in' })
  const caller = callerAddress(c, access.config.proxies)
  const again = access.signIns.take(caller, access.clock.now())
  if (again !== null) {
    c.header('retry-after', String(again))
    return problem(c, 'too-many-requests', { detail: 'too many sign-ins failed from here' })
  }
  const { name, options } = underWayCookie(access.config)
  const returned = new URL(c.req.url).searchParams
  const found = await access.oidc.finish(returned, getCookie(c, name))
  deleteCookie(c, name, options)
  if (!found.ok) {
    await note(c, access, 'session.refused', { id: 'unknown', via: 'oidc' }, { caller, ...found.error })
    // A person reads the console's words; a program the problem.
    if (c.req.header('accept')?.includes('text/html')) return c.redirect(`/#refused=${found.error.code}`, 303)
    return refusal(c, found.error)
  }
  access.signIns.giveBack(caller)
  await openSession(c, access, found.value, 'oidc')
  return c.redirect('/', 303)
}

async function openSession(c: C, access: Access, person: Person, credential: Credential): Promise<void> {
  const { name, options } = sessionCookie(access.config)
  const before = getCookie(c, name)
  if (before !== undefined) await access.sessions.close(before)
  const cookie = await access.sessions.open(person, credential, access.clock.now())
  await note(c, access, 'session.opened', person, { name: person.name, grants: person.grants })
  setCookie(c, name, cookie, { ...options, maxAge: SESSION_MS / 1000 })
}

async function signOut(c: C, access: Access): Promise<Response> {
  const { name, options } = sessionCookie(access.config)
  const cookie = getCookie(c, name)
  if (cookie !== undefined) {
    if (!isSameOrigin(c, access.config.publicUrl))
      return problem(c, 'forbidden', { detail: 'a page of another site may not sign you out' })
    const person = await access.sessions.close(cookie)
    if (person) await note(c, access, 'session.closed', person, {})
  }
  deleteCookie(c, name, options)
  return c.body(null, 204)
}

const note = (
  c: C,
  access: Access,
  action: string,
  { id, via }: Pick<Person, 'id' | 'via'>,
  detail: Readonly<Record<string, unknown>>,
): Promise<number> =>
  access.audit.append(
    { actor: id, via, action, subject: 'session', correlationId: c.get('correlationId'), detail },
    access.clock.now(),
  )

function refusal(c: C, error: OidcRefusal): Response {
  switch (error.code) {
    case 'not-begun':
      return problem(c, 'unauthenticated', { detail: 'this sign-in was not begun here, or took too long' })
    case 'declined':
      return problem(c, 'unauthenticated', { detail: `the provider answered ${error.detail}` })
    case 'no-role':
      return problem(c, 'forbidden', { detail: `${error.name} has no role at this centre` })
    case 'not-proven':
      // What exactly was wrong is in the audit log; who forges tokens is told nothing.
      return problem(c, 'unauthenticated', { detail: 'the provider’s answer could not be verified' })
  }
}
