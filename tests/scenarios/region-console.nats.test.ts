import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-region-console-'))
let server: NatsServer
let region: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  region = new RegionProcess({ region: 'eu', folder, nats: server.url })
  await region.start()
})
afterAll(async () => {
  await region?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(region.url + path, { redirect: 'manual', ...init })
const signIn = (key: string, headers: Record<string, string> = {}): Promise<Response> =>
  ask('/session', { method: 'POST', headers, body: JSON.stringify({ key }) })
const cookieOf = (answer: Response): string => answer.headers.get('set-cookie')!.split(';')[0]!
const ITEM = { method: 'PUT', body: '{}' }
const OWN_PAGE = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }

test('a region serves its own console, which tells nothing before somebody has signed in', async () => {
  const page = await ask('/skus/ANY', { headers: { accept: 'text/html' } })
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(await page.text()).toContain('data-served-by="region:eu"')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
  expect((await ask('/skus/ANY')).status, 'who wants no page finds none').toBe(404)
  expect((await ask('/assets/..%2f..%2fpackage.json')).status).toBe(404)
  expect(await (await ask('/session')).json()).toEqual({ person: null, oidc: null })
  expect((await ask('/v1/sources')).status).toBe(401)
})

test('the region’s key lets a browser in until it signs out, and no other does', async () => {
  expect((await signIn('not the key of this region')).status).toBe(401)
  expect((await ask('/session', { method: 'POST', body: 'not JSON' })).status).toBe(400)
  const answer = await signIn(RegionProcess.key)
  expect(answer.status).toBe(204)
  expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Strict|SameSite=Strict.*HttpOnly/)
  const cookie = cookieOf(answer)
  expect(cookie).not.toContain(RegionProcess.key)
  expect((await ask('/v1/sources', { headers: { cookie } })).status).toBe(200)
  expect((await ask('/v1/sources', { headers: { cookie: `${cookie}x` } })).status).toBe(401)
  await ask('/session', { method: 'DELETE', headers: { cookie, ...OWN_PAGE } })
  expect((await ask('/v1/sources', { headers: { cookie } })).status).toBe(401)
})

test('only our own pages act in the name of who signed in', async () => {
  const cookie = cookieOf(await signIn(RegionProcess.key))
  const put = (headers: Record<string, string>) =>
    ask('/v1/items/C-1', { ...ITEM, headers: { cookie, ...headers } })
  expect((await put({ ...OWN_PAGE, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect(
    (await put({ 'content-type': 'application/json', origin: 'https://elsewhere.example' })).status,
  ).toBe(403)
  expect((await put({ 'content-type': 'application/json' })).status, 'what says nothing is no page').toBe(403)
  expect((await put(OWN_PAGE)).status).toBe(200)
  expect((await signIn(RegionProcess.key, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
})

test('who guesses keys is slowed down', async () => {
  const answers = []
  for (let n = 0; n < 12; n++) answers.push((await signIn(`a guess of a key, number ${n}`)).status)
  expect(answers).toContain(429)
})
