import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { busyOf } from './busy.ts'
import { TrytonClient } from './client.ts'

type Call = { readonly method: string; readonly params: readonly unknown[]; readonly session: string | null }
type Reply = {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly result?: unknown
  readonly raw?: string
}

const servers: { close: () => void }[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close()))

/** An ERP of few words: `answers` says what comes of a call that is no login; a number of sessions is handed out. */
async function given(answers: (call: Call, nth: number) => Reply, login: Reply = {}) {
  const calls: Call[] = []
  let logins = 0
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const { method, params } = JSON.parse(text) as { method: string; params: unknown[] }
      const call = { method, params, session: sessionOf(request.headers.authorization) }
      if (method === 'common.db.login') logins++
      const reply =
        method === 'common.db.login'
          ? { result: [1, `key${logins}`], ...login }
          : method === 'model.res.user.get_preferences'
            ? { result: { company: 7 } }
            : answers(call, calls.push(call))
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
      response.end(reply.raw ?? JSON.stringify({ id: 1, result: reply.result ?? null }))
    })
  })
  servers.push(server)
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  )
  const client = new TrytonClient({
    url: `http://127.0.0.1:${port}`,
    database: 'erp',
    user: 'u',
    password: 'p',
    answerWithinMs: 300,
  })
  return { client, calls, logins: () => logins }
}

const sessionOf = (header: string | undefined): string | null =>
  header ? Buffer.from(header.replace('Session ', ''), 'base64').toString() : null

describe('a session', () => {
  test('is opened once for calls that come together, and carries the user and the company', async () => {
    const { client, calls, logins } = await given(() => ({ result: 1 }))
    await Promise.all([client.call('model.x.read', [[1]]), client.call('model.x.read', [[2]])])
    expect(logins()).toBe(1)
    expect(calls[0]).toEqual({ method: 'model.x.read', params: [[1], { company: 7 }], session: 'u:1:key1' })
  })

  test('that was lost is opened again, and the call that was not let in is made again', async () => {
    const { client, calls, logins } = await given((_, nth) =>
      nth === 1 ? { status: 401 } : { result: 'ok' },
    )
    expect(await client.call('model.x.read', [])).toEqual({ ok: true, value: 'ok' })
    expect(logins()).toBe(2)
    expect(calls.map(({ session }) => session)).toEqual(['u:1:key1', 'u:1:key2'])
  })

  test('that is refused again and again is a fault, not a loop', async () => {
    const { client, logins } = await given(() => ({ status: 401 }))
    await expect(client.call('model.x.read', [])).rejects.toMatchObject({ name: 'ErpFault', kind: 'failed' })
    expect(logins()).toBe(2)
  })
})

describe('an ERP that asks to come back later', () => {
  test('is a value with its own waiting time', async () => {
    const { client } = await given(() => ({ status: 503, headers: { 'retry-after': '7' } }))
    expect(await client.call('model.x.read', [])).toEqual({
      ok: false,
      error: { kind: 'busy', status: 503, retryAfterMs: 7000 },
    })
  })

  test('may do so at the door, and is asked again with the next call', async () => {
    const { client, logins } = await given(() => ({ result: 1 }), { status: 429 })
    expect(await client.call('model.x.read', [])).toMatchObject({ ok: false, error: { kind: 'busy' } })
    expect(await client.call('model.x.read', [])).toMatchObject({ ok: false, error: { kind: 'busy' } })
    expect(logins()).toBe(2)
  })

  test.each([
    ['2', 2000],
    ['Thu, 01 Jan 1970 00:01:40 GMT', 90_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['999999999', 3_600_000],
    ['soon', 5000],
    [null, 5000],
  ])('Retry-After %s is %i ms', (header, ms) => {
    expect(busyOf(503, header, 10_000).retryAfterMs).toBe(ms)
  })
})

describe('what is no answer is a fault of the world', () => {
  test.each([
    ['no JSON', { raw: '<html>' }, 'unreadable'],
    ['JSON that is no answer', { raw: '[1]' }, 'unreadable'],
    ['an error of the ERP’s own program', { raw: '{"error":["\'id\'","Traceback …"]}' }, 'failed'],
    ['a server error', { status: 500 }, 'failed'],
    ['another place', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'unreachable'],
  ])('%s', async (_, reply, kind) => {
    const { client } = await given(() => reply)
    await expect(client.call('model.x.read', [])).rejects.toMatchObject({ name: 'ErpFault', kind })
  })

  test('no answer in time', async () => {
    const never = createServer(() => undefined)
    servers.push({ close: () => (never.closeAllConnections(), never.close()) })
    await new Promise<void>((resolve) => never.listen(0, '127.0.0.1', resolve))
    const { port } = never.address() as { port: number }
    const client = new TrytonClient({
      url: `http://127.0.0.1:${port}`,
      database: 'erp',
      user: 'u',
      password: 'p',
      answerWithinMs: 100,
    })
    await expect(client.call('model.x.read', [])).rejects.toMatchObject({ kind: 'timed-out' })
  })

  test('the traceback of an ERP’s failure goes no further', async () => {
    const { client } = await given(() => ({ raw: '{"error":["boom","Traceback: secret"]}' }))
    await expect(client.call('model.x.read', [])).rejects.not.toThrow(/secret/)
  })
})
