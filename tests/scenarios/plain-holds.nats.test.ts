import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHANNEL_HEADER } from '../../shared/contract/reservation-api.ts'
import { type NatsServer, startLeaf } from '../support/nats-servers.ts'
import { receive } from '../support/receive.ts'
import { RegionProcess } from '../support/region-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-plain-holds-'))
let server: NatsServer
let region: RegionProcess

beforeAll(async () => {
  server = await startLeaf({ region: 'eu' })
  region = new RegionProcess({ region: 'eu', folder, nats: server.url })
  await region.start()
  await region.put('/v1/nodes/ber1', { source: 'wms' })
  await region.put('/v1/sources/wms', { role: 'wms' })
  await region.put('/v1/items/X', {})
  await receive(region, 'X', 10)
})

afterAll(async () => {
  await region?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const hold = (more: Record<string, unknown> = {}, quantity = 1): string =>
  JSON.stringify({ orderRef: 'web:1', channel: 'web', lines: [{ line: '1', sku: 'X', quantity }], ...more })

const OWN = { authorization: `Bearer ${RegionProcess.key}` }
const KEYED = { ...OWN, 'idempotency-key': 'k1' }

type Asked = { readonly headers: Record<string, string>; readonly body: string }

/** What an answer says, and how, without what is of the moment. */
async function answered({ headers, body }: Asked): Promise<Record<string, unknown>> {
  const answer = await fetch(`${region.url}/v1/reservations`, { method: 'POST', headers, body })
  const said = (await answer.json()) as Record<string, unknown>
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type'),
    challenge: answer.headers.get('www-authenticate'),
    correlationId: answer.headers.get('x-correlation-id'),
    said: { ...said, reservationId: undefined, expiresAt: undefined },
  }
}

test.each<[string, Asked, number]>([
  ['one that is granted', { headers: KEYED, body: hold() }, 201],
  ['the same again', { headers: KEYED, body: hold() }, 201],
  ['another one under its key', { headers: KEYED, body: hold({ orderRef: 'web:2' }) }, 422],
  [
    'more than there is',
    { headers: { ...KEYED, 'idempotency-key': 'k2' }, body: hold({ orderRef: 'web:3' }, 99) },
    409,
  ],
  [
    'something else of the same order',
    { headers: { ...KEYED, 'idempotency-key': 'k3' }, body: hold({}, 2) },
    409,
  ],
  ['one without a key', { headers: OWN, body: hold() }, 400],
  ['what is no JSON', { headers: KEYED, body: '{"orderRef":' }, 400],
  ['nothing', { headers: KEYED, body: '' }, 400],
  ['what is no hold', { headers: KEYED, body: '[]' }, 422],
  ['one of another channel', { headers: { ...KEYED, [CHANNEL_HEADER]: 'edi' }, body: hold() }, 403],
  ['an unknown sku', { headers: KEYED, body: hold({ lines: [{ line: '1', sku: 'Y', quantity: 1 }] }) }, 404],
  ['nobody’s', { headers: { 'idempotency-key': 'k1' }, body: hold() }, 401],
  [
    'one with a wrong key',
    { headers: { ...KEYED, authorization: 'Bearer the-region-key-of-someone' }, body: hold() },
    401,
  ],
  ['one that is longer than any order', { headers: KEYED, body: hold({ more: 'x'.repeat(70_000) }) }, 422],
])('%s is answered alike, by the short way and through every layer', async (_, { headers, body }, status) => {
  const [own, ownId] = [{ ...headers, 'x-correlation-id': 'c-1' }, { correlationId: 'c-1' }]
  const short = await answered({ headers: own, body })
  expect(short).toMatchObject({ status, ...ownId })
  // A cookie is nothing that a plain hold has.
  expect(await answered({ headers: { ...own, cookie: 'a=b' }, body })).toEqual(short)
})

test('one that has no correlation id is given one, and one that is no such id is not taken over', async () => {
  for (const given of [{}, { 'x-correlation-id': 'c'.repeat(129) }]) {
    const { correlationId } = await answered({ headers: { ...KEYED, ...given }, body: hold() })
    expect(correlationId).toMatch(/^[0-9a-f-]{36}$/)
  }
})

test('one that breaks off holds nothing, and leaves the process as it was', async () => {
  const { hostname, port } = new URL(region.url)
  const socket = connect(Number(port), hostname)
  const headers = Object.entries({ host: hostname, ...KEYED, 'content-length': '500' })
  socket.write(
    `POST /v1/reservations HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  )
  socket.write('{"orderRef":"web:9",')
  await new Promise((resolve) => setTimeout(resolve, 50))
  socket.destroy()
  expect(await answered({ headers: KEYED, body: hold() })).toMatchObject({ status: 201 })
})
