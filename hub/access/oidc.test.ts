import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { cookieOf, openCentreApp, ORIGIN, withKey } from '../../tests/support/centre-app.ts'
import { startIssuer } from '../../tests/support/oidc-issuer.ts'
import { Region } from '../../shared/domain/ids.ts'
import { AccessConfig } from './access-config.ts'

let app: Awaited<ReturnType<typeof openCentreApp>>
let issuer: Awaited<ReturnType<typeof startIssuer>>

beforeAll(async () => {
  issuer = await startIssuer()
  app = await openCentreApp({
    publicUrl: 'https://centre.test',
    oidc: {
      issuer: issuer.url,
      clientId: issuer.clientId,
      clientSecret: issuer.clientSecret,
      label: 'Acme',
      scopes: ['groups'],
      nameClaim: 'name',
      grants: [
        { claim: 'groups', value: 'ops-eu', role: 'operator', regions: [Region.parse('eu')] },
        { claim: 'realm.roles', value: 'chief', role: 'admin', regions: '*' },
      ],
    },
  })
}, openCentreApp.withinMs)
afterEach(() => {
  issuer.straighten()
  // A failed sign-in counts against the next ones from here.
  app.clock.at += 60_000
})
afterAll(async () => {
  await app?.stop()
  await issuer?.stop()
})

/** As a browser goes: to us, to the provider, and back. `meddle` is what happens to it on its way. */
async function signIn(
  meddle: (back: URL, cookie: string) => { back: URL; cookie: string } = (back, cookie) => ({ back, cookie }),
) {
  const begun = await app.ask('/session/oidc')
  const [location, cookie] = [begun.headers.get('location')!, cookieOf(begun)]
  const sent = await fetch(location, { redirect: 'manual' })
  const met = meddle(new URL(sent.headers.get('location')!), cookie)
  const answer = await app.ask(`${met.back.pathname}${met.back.search}`, { headers: { cookie: met.cookie } })
  return { begun, location: new URL(location), answer, back: met.back, cookie }
}
const sessionOf = (answer: Response): string =>
  answer.headers.getSetCookie().find((it) => it.includes('plimsoll-session=')) ?? ''
const whyRefused = async (): Promise<Record<string, unknown>> => {
  const { entries } = (await (await app.ask('/v1/audit?limit=1', { headers: withKey })).json()) as {
    entries: { action: string; detail: Record<string, unknown> }[]
  }
  return { action: entries[0]!.action, ...entries[0]!.detail }
}

test('who has a group of ours is signed in with its roles, and a page is told so', async () => {
  issuer.twist.claims = { groups: ['staff', 'ops-eu'] }
  const { answer, location } = await signIn()
  expect(location.searchParams.get('code_challenge_method')).toBe('S256')
  expect(location.searchParams.get('scope')).toBe('openid groups')
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
  const cookie = sessionOf(answer)
  expect(cookie).toMatch(/^__Host-plimsoll-session=.*Secure.*SameSite=Strict/)
  const told = await (await app.ask('/session', { headers: { cookie: cookie.split(';')[0]! } })).json()
  expect(told).toMatchObject({
    person: { id: 'oidc:u-1', name: 'Ada', via: 'oidc', grants: [{ role: 'operator', regions: ['eu'] }] },
    oidc: { label: 'Acme' },
  })
})

test('a claim may lie deeper', async () => {
  issuer.twist.claims = { realm: { roles: ['chief'] } }
  const cookie = sessionOf((await signIn()).answer).split(';')[0]!
  expect((await app.ask('/v1/audit', { headers: { cookie } })).status).toBe(200)
})

test('what travels meanwhile is sealed, and out of reach of scripts', async () => {
  const begun = await app.ask('/session/oidc')
  const [set] = begun.headers.getSetCookie()
  expect(set).toMatch(/^__Host-plimsoll-sign-in=.*HttpOnly.*Secure.*SameSite=Lax/)
  const { state, nonce } = Object.fromEntries(new URL(begun.headers.get('location')!).searchParams)
  expect(set).not.toContain(state)
  expect(set).not.toContain(nonce)
})

test('who has no role may not come in, and is told so', async () => {
  issuer.twist.claims = { groups: ['staff'], 'realm.roles': 'chie' }
  const { answer } = await signIn()
  expect([answer.status, sessionOf(answer)]).toEqual([403, ''])
  expect(await answer.json()).toMatchObject({ detail: 'Ada has no role at this centre' })
})

test.each<[string, () => void]>([
  ['is signed by another key', () => (issuer.twist.signedByStranger = true)],
  ['is not signed', () => (issuer.twist.unsigned = true)],
  ['is of another issuer', () => (issuer.twist.issuer = 'http://127.0.0.1:9')],
  ['was made for another client', () => (issuer.twist.audience = 'another')],
  [
    'was made for several clients, and does not say for which',
    () => (issuer.twist.audience = ['plimsoll', 'another']),
  ],
  ['was handed to another client', () => (issuer.twist.claims = { groups: ['ops-eu'], azp: 'another' })],
  ['is over', () => (issuer.twist.expires = '-1m')],
  ['is of another sign-in', () => (issuer.twist.nonce = 'another')],
])('a token that %s opens nothing', async (_, twisted) => {
  issuer.twist.claims = { groups: ['ops-eu'] }
  twisted()
  const { answer } = await signIn()
  expect([answer.status, sessionOf(answer)]).toEqual([401, ''])
  expect(await whyRefused()).toMatchObject({ action: 'session.refused', code: 'not-proven' })
})

test('a sign-in ends only in the browser that began it', async () => {
  issuer.twist.claims = { groups: ['ops-eu'] }
  const another = cookieOf(await app.ask('/session/oidc'))
  for (const cookie of ['', another, 'plimsoll-sign-in=forged', '__Host-plimsoll-sign-in=a.b.c.d.e'])
    expect((await signIn((back) => ({ back, cookie }))).answer.status).toBe(401)
  const { answer } = await signIn((back, cookie) => {
    back.searchParams.set('state', 'another')
    return { back, cookie }
  })
  expect(answer.status).toBe(401)
})

test('a code is good once, and an answer that was meddled with never', async () => {
  issuer.twist.claims = { groups: ['ops-eu'] }
  const first = await signIn()
  expect(first.answer.status).toBe(303)
  const again = await app.ask(`${first.back.pathname}${first.back.search}`, {
    headers: { cookie: first.cookie },
  })
  expect(again.status).toBe(401)
  for (const [name, value] of [
    ['iss', 'http://127.0.0.1:9'],
    ['code', 'guessed'],
    ['error', 'access_denied'],
  ] as const) {
    const { answer } = await signIn((back, cookie) => {
      back.searchParams.set(name, value)
      return { back, cookie }
    })
    expect([name, answer.status]).toEqual([name, 401])
  }
})

test('where no provider is named, none is asked; and it has to be https, or on this machine', async () => {
  const grants = [{ claim: 'groups', value: 'x', role: 'viewer', regions: '*' }]
  const oidc = { issuer: 'http://login.test', clientId: 'x', grants }
  expect(AccessConfig.safeParse({ publicUrl: ORIGIN, oidc }).success).toBe(false)
  const safe = { ...oidc, issuer: 'https://login.test' }
  expect(AccessConfig.safeParse({ oidc: safe }).success, 'it has to know where browsers come back to').toBe(
    false,
  )
  expect(AccessConfig.safeParse({ publicUrl: 'https://centre.test', oidc: safe }).success).toBe(true)
})
