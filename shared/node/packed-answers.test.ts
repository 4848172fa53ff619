import { gunzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { packedAnswers } from './packed-answers.ts'

const LARGE = { names: Array.from({ length: 500 }, (_, i) => `name ${i}`) }
const app = new Hono()
app.use('/v1/*', packedAnswers)
app.get('/v1/large', (c) => c.json(LARGE, 200, { 'x-more': 'kept' }))
app.get('/v1/small', (c) => c.json({ ok: true }))
app.get('/v1/events', (c) => c.body('data: {}\n\n'.repeat(500), 200, { 'content-type': 'text/event-stream' }))

const ask = (path: string, headers: Record<string, string>) => app.request(path, { headers })
const BROWSER = { cookie: 'session=1', 'accept-encoding': 'gzip, deflate, br' }

test('what a browser is told is packed, with its headers', async () => {
  const answer = await ask('/v1/large', BROWSER)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-encoding': 'gzip',
    'content-type': 'application/json',
    'x-more': 'kept',
    vary: 'accept-encoding',
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect(bytes.length).toBeLessThan(JSON.stringify(LARGE).length / 2)
  expect(JSON.parse(gunzipSync(bytes).toString())).toEqual(LARGE)
})

test.each([
  ['a program', '/v1/large', { 'accept-encoding': 'gzip' }],
  ['a browser that takes no gzip', '/v1/large', { cookie: 'session=1', 'accept-encoding': 'gzip;q=0, br' }],
  ['a small answer', '/v1/small', BROWSER],
  ['a stream of events', '/v1/events', BROWSER],
])('%s gets it as it is', async (_what, path, headers) => {
  expect((await ask(path, headers)).headers.get('content-encoding')).toBeNull()
})
