import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearing, cookieOf, openCentreApp, ORIGIN, withKey } from '../../tests/support/centre-app.ts'
import { session } from '../store/tables.ts'

type App = Awaited<ReturnType<typeof openCentreApp>>
type Entries = {
  entries: { action: string; actor: string; subject: string; detail: Record<string, unknown> }[]
}

let app: App
beforeAll(async () => void (app = await openCentreApp()), openCentreApp.withinMs)
afterAll(() => app?.stop())

const HOUR = 3_600_000
const newToken = async (name: string, role: string, regions: '*' | string[] = '*', more: object = {}) => {
  const made = await app.ask('/v1/tokens', {
    json: { name, grants: [{ role, regions }], ...more },
    headers: withKey,
  })
  expect(made.status).toBe(201)
  return (await made.json()) as { id: string; token: string; name: string; expiresAt: string }
}
const signIn = async (key: string, more: Record<string, string> = {}) =>
  app.ask('/session', { json: { key }, headers: { origin: ORIGIN, ...more } })
const statusOf = async (path: string, headers: Record<string, string>, method = 'GET') =>
  (await app.ask(path, { method, headers, ...(method === 'POST' ? { json: {} } : {}) })).status

describe('keys and tokens', () => {
  test('without one nothing under /v1 is told, and it is the same for a wrong one', async () => {
    expect(await statusOf('/v1/transfers', {})).toBe(401)
    expect(
      await statusOf('/v1/transfers', bearing('plt_000000000000_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')),
    ).toBe(401)
    expect(await statusOf('/v1/transfers', { authorization: 'Basic Og==' })).toBe(401)
    expect(await statusOf('/v1/transfers', withKey)).toBe(200)
  })

  test('a token is told once, is not in the database, and is over in time', async () => {
    const { token, id } = await newToken('ada', 'viewer', '*', { expiresInDays: 1 })
    expect(await statusOf('/v1/transfers', bearing(token))).toBe(200)
    expect(
      await statusOf('/v1/transfers', bearing(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)),
    ).toBe(401)
    const listed = await (await app.ask('/v1/tokens', { headers: withKey })).text()
    expect(listed).toContain(id)
    expect(listed).not.toContain(token)
    expect(JSON.stringify(await app.db.execute('select * from access_token'))).not.toContain(token)
    app.clock.at += 24 * HOUR
    expect(await statusOf('/v1/transfers', bearing(token))).toBe(401)
  })

  test('a token that is rotated goes on for its overlap beside the next one', async () => {
    const old = await newToken('script', 'viewer')
    const answer = await app.ask(`/v1/tokens/${old.id}/rotate`, {
      json: { overlapSeconds: 60 },
      headers: withKey,
    })
    const next = (await answer.json()) as typeof old
    expect(next).toMatchObject({ name: 'script' })
    expect([
      await statusOf('/v1/drift', bearing(old.token)),
      await statusOf('/v1/drift', bearing(next.token)),
    ]).toEqual([200, 200])
    app.clock.at += 60_000
    expect([
      await statusOf('/v1/drift', bearing(old.token)),
      await statusOf('/v1/drift', bearing(next.token)),
    ]).toEqual([401, 200])
    const again = await app.ask(`/v1/tokens/${old.id}/rotate`, { json: {}, headers: withKey })
    expect(again.status).toBe(409)
  })

  test('a revoked one is over at once, with the sessions that it opened', async () => {
    const { token, id } = await newToken('eve', 'viewer')
    const cookie = cookieOf(await signIn(token))
    expect(await statusOf('/v1/drift', { cookie })).toBe(200)
    await app.ask(`/v1/tokens/${id}`, { method: 'DELETE', headers: withKey })
    expect(await statusOf('/v1/drift', { cookie })).toBe(401)
    expect(await statusOf('/v1/drift', bearing(token))).toBe(401)
  })
})

describe('roles', () => {
  test('only an admin of all regions says who may what, and reads what was done', async () => {
    for (const [role, regions] of [
      ['approver', '*'],
      ['admin', ['eu']],
    ] as const) {
      const { token } = await newToken(`not-enough-${role}`, role, regions as '*' | string[])
      for (const path of ['/v1/tokens', '/v1/audit', '/v1/audit/verification'])
        expect(await statusOf(path, bearing(token)), `${path} by ${role}`).toBe(403)
      expect(await statusOf('/v1/tokens', bearing(token), 'POST')).toBe(403)
    }
    const { token } = await newToken('chief', 'admin')
    expect(await statusOf('/v1/audit', bearing(token))).toBe(200)
  })

  test('a viewer changes nothing, whatever is offered', async () => {
    const { token } = await newToken('looker', 'viewer')
    for (const path of ['/v1/regions', '/v1/alerts/x/acknowledge', '/v1/regions/eu/exceptions/x/replay'])
      expect(await statusOf(path, bearing(token), 'POST')).toBe(403)
  })

  test('an operator of one region acts there alone', async () => {
    const { token } = await newToken('local', 'operator', ['eu'])
    expect(await statusOf('/v1/regions/us/anything', bearing(token), 'POST')).toBe(403)
    expect(await statusOf('/v1/anything', bearing(token), 'POST')).toBe(403)
    expect(await statusOf('/v1/regions/eu/anything', bearing(token), 'POST')).toBe(404)
  })

  test('who may see one region sees nothing of the others', async () => {
    const { token } = await newToken('eu-only', 'viewer', ['eu'])
    const drift = async (headers: Record<string, string>) =>
      ((await (await app.ask('/v1/drift', { headers })).json()) as { drift: { region: string }[] }).drift.map(
        ({ region }) => region,
      )
    expect(await drift(bearing(token))).toEqual(['eu'])
    expect(await drift(withKey)).toEqual(['eu', 'us'])
  })
})

describe('sessions of browsers', () => {
  test('the cookie is out of reach of scripts and other sites, is not the key, and not twice the same', async () => {
    const answer = await signIn(openCentreApp.key)
    expect(answer.status).toBe(204)
    const [set] = answer.headers.getSetCookie()
    expect(set).toMatch(/HttpOnly/)
    expect(set).toMatch(/SameSite=Strict/)
    expect(set).not.toContain(openCentreApp.key)
    const cookie = cookieOf(answer)
    expect(await statusOf('/v1/drift', { cookie })).toBe(200)
    const second = cookieOf(await signIn(openCentreApp.key, { cookie }))
    expect(second).not.toBe(cookie)
    expect(await statusOf('/v1/drift', { cookie }), 'the one before the sign-in is over').toBe(401)
    const rows = JSON.stringify(await app.db.select().from(session))
    expect(rows).not.toContain(second.split('=')[1])
  })

  test('it tells a page who is signed in', async () => {
    const { token } = await newToken('grace', 'operator', ['eu'])
    const cookie = cookieOf(await signIn(token))
    expect(await (await app.ask('/session', { headers: { cookie } })).json()).toMatchObject({
      person: { name: 'grace', grants: [{ role: 'operator', regions: ['eu'] }] },
      oidc: null,
    })
    expect(await (await app.ask('/session')).json()).toEqual({ person: null, oidc: null })
  })

  test('its id changes each hour without anybody being signed out, and its day ends', async () => {
    const first = cookieOf(await signIn(openCentreApp.key))
    app.clock.at += HOUR
    const rotated = await app.ask('/v1/drift', { headers: { cookie: first } })
    const next = cookieOf(rotated)
    expect(next).not.toBe(first)
    expect(await statusOf('/v1/drift', { cookie: first }), 'requests that were under way').toBe(200)
    app.clock.at += 61_000
    expect(await statusOf('/v1/drift', { cookie: first })).toBe(401)
    expect(await statusOf('/v1/drift', { cookie: next })).toBe(200)
    app.clock.at += 11 * HOUR
    expect(await statusOf('/v1/drift', { cookie: next })).toBe(401)
  })

  test('signing out ends it for every copy of the cookie', async () => {
    const cookie = cookieOf(await signIn(openCentreApp.key))
    const out = await app.ask('/session', { method: 'DELETE', headers: { cookie, origin: ORIGIN } })
    expect(out.status).toBe(204)
    expect(await statusOf('/v1/drift', { cookie })).toBe(401)
  })

  test.each([
    ['of another site', { origin: 'http://evil.test' }, 403],
    ['of another site, by its own word', { 'sec-fetch-site': 'cross-site', origin: ORIGIN }, 403],
    ['of a neighbour', { 'sec-fetch-site': 'same-site' }, 403],
    ['that says nothing', {}, 403],
    ['that hides its origin', { origin: 'null' }, 403],
    ['of our own', { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }, 404],
  ])('a cookie does not act for a page %s', async (_, headers, status) => {
    const cookie = cookieOf(await signIn(openCentreApp.key))
    expect(await statusOf('/v1/anything', { cookie, ...headers }, 'POST')).toBe(status)
  })

  test('a page of another site signs nobody in', async () => {
    expect((await signIn(openCentreApp.key, { origin: 'http://evil.test' })).status).toBe(403)
  })
})

test('every answer carries the headers that keep a browser safe', async () => {
  for (const path of ['/v1/drift', '/session', '/nothing', '/'])
    for (const [name, value] of [
      ['content-security-policy', "default-src 'self'"],
      ['content-security-policy', "frame-ancestors 'none'"],
      ['x-content-type-options', 'nosniff'],
      ['x-frame-options', 'DENY'],
      ['referrer-policy', 'no-referrer'],
    ] as const)
      expect((await app.ask(path)).headers.get(name), `${name} of ${path}`).toContain(value)
})

describe('what is written down', () => {
  const latest = async (limit: number) =>
    ((await (await app.ask(`/v1/audit?limit=${limit}`, { headers: withKey })).json()) as Entries).entries

  test('each action with who, what and its answer, also one that was refused; secrets are not in it', async () => {
    const { token } = await newToken('ann', 'viewer')
    await app.ask('/v1/anything', { json: { reason: 'because', secret: 's3cret' }, headers: bearing(token) })
    const [answered, asked] = await latest(2)
    expect(asked).toMatchObject({
      actor: 'token:ann',
      action: 'POST',
      subject: '/v1/anything',
      detail: { body: { reason: 'because', secret: '…' } },
    })
    expect(answered).toMatchObject({ action: 'POST answered', detail: { status: 403 } })
  })

  test('it is found by who did it, and by a part of what it was about', async () => {
    const { token } = await newToken('zoe', 'viewer')
    await app.ask('/v1/things/of-zoe', { json: {}, headers: bearing(token) })
    const found = async (query: string) => {
      const answer = await app.ask(`/v1/audit?${query}`, { headers: withKey })
      return ((await answer.json()) as Entries).entries.map(({ subject }) => subject)
    }
    const both = ['/v1/things/of-zoe', '/v1/things/of-zoe']
    expect(await found('actor=token:zoe')).toEqual(both)
    expect(await found('subject=of-zoe')).toEqual(both)
    expect(await found('subject=of-zoe&actor=key')).toEqual([])
  })

  test('signing in, failing to, and signing out', async () => {
    await signIn('wrong')
    const cookie = cookieOf(await signIn(openCentreApp.key))
    await app.ask('/session', { method: 'DELETE', headers: { cookie, origin: ORIGIN } })
    expect((await latest(3)).map(({ action }) => action)).toEqual([
      'session.closed',
      'session.opened',
      'session.refused',
    ])
    const verdict = await (await app.ask('/v1/audit/verification', { headers: withKey })).json()
    expect(verdict).toMatchObject({ intact: true, faults: [] })
  })
})

describe('limits', () => {
  test('after ten wrong keys the next is not even looked at, until a while later', async () => {
    app.clock.at += HOUR
    const answers = []
    for (let tries = 0; tries < 11; tries++) answers.push((await signIn('wrong')).status)
    expect(answers).toEqual([...Array(10).fill(401), 429])
    const refused = await signIn(openCentreApp.key)
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 6])
    app.clock.at += 6_000
    expect((await signIn(openCentreApp.key)).status).toBe(204)
  })

  test('a person writes a hundred times at once, not more; another one still does', async () => {
    const { token } = await newToken('busy', 'operator')
    const { token: other } = await newToken('calm', 'operator')
    const answers = []
    for (let writes = 0; writes < 101; writes++) answers.push(await statusOf('/v1/x', bearing(token), 'POST'))
    expect(answers.filter((status) => status === 404)).toHaveLength(100)
    expect(answers[100]).toBe(429)
    expect(await statusOf('/v1/x', bearing(other), 'POST')).toBe(404)
    expect(await statusOf('/v1/drift', bearing(token))).toBe(200)
  })
})
