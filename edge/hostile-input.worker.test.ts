import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  PUSH_BYTES_MAX,
  PUSH_MEDIA_TYPE,
  SIGNATURE_AGE_MS_MAX,
  SIGNATURE_HEADER,
} from '../shared/contract/push.ts'
import { PROBLEM_MEDIA_TYPE } from '../shared/contract/problem.ts'
import { EdgeWorld, NOON, OPERATOR_KEY, SECRETS, SHOP_KEY } from './testing/edge-world.ts'
import { pushBody, signature } from './testing/region-publisher.ts'
import { row } from './testing/snapshot-rows.ts'

/** Whatever is sent: it has its problem, and D1 and both KV namespaces hold afterwards what they held before. */
let world: EdgeWorld
let before: string

const first = { from: 0, to: 10, asOf: NOON, rows: [row('a', 5), row('b', 7)] }
const second = { from: 10, to: 11, asOf: NOON + 1, hot: [row('a', 3, { tier: 'A' })] }

beforeEach(async () => {
  world = await EdgeWorld.open()
  await world.push(first)
  await world.push({ ...first, region: 'us' })
  before = await everythingStored()
})

async function everythingStored(): Promise<string> {
  const tables = ['head', 'shard', 'hot_log', 'push_guard', 'change_log']
  const rows = await world.db.batch(tables.map((table) => world.db.prepare(`SELECT * FROM ${table}`)))
  const values: unknown[] = []
  for (const namespace of [world.kv, world.keys])
    for (const { name } of (await namespace.list()).keys)
      values.push([name, await namespace.getWithMetadata(name, 'text')])
  return JSON.stringify([rows.map(({ results }) => results), values])
}

async function isRefused(response: Response, status: number, code: string): Promise<void> {
  const text = await response.text()
  expect([response.status, response.headers.get('Content-Type')]).toEqual([status, PROBLEM_MEDIA_TYPE])
  expect(JSON.parse(text)).toMatchObject({ type: `/problems/${code}`, status })
  expect(text.length).toBeLessThan(5_000)
  expect(text).not.toMatch(/\bat \S+:\d+/)
  expect(await everythingStored()).toBe(before)
}

const elsewhere = (region: string): Promise<Response> =>
  world.fetch(`/ingest/v1/${region}`, {
    method: 'POST',
    headers: { 'Content-Type': PUSH_MEDIA_TYPE },
    body: 'x',
  })

const signedFor = async (region: string, secret: string, body: Uint8Array, at = NOON) => ({
  [SIGNATURE_HEADER]: await signature(region, secret, body, at),
})

/** A push with this header, whatever it says, and nothing behind it. */
function headed(header: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header)
  const body = new Uint8Array(4 + text.length)
  new DataView(body.buffer).setUint32(0, text.length, true)
  body.set(text, 4)
  return body
}

describe('a push', () => {
  const body = pushBody(second)
  const foreign = pushBody({ ...second, region: 'us' })
  const lied = (from: string, to: string): Uint8Array<ArrayBuffer> => {
    const text = new TextDecoder('latin1').decode(body)
    if (!text.includes(from) || from.length !== to.length) throw new Error(from)
    return new Uint8Array([...text.replace(from, to)].map((ch) => ch.charCodeAt(0)))
  }
  test.each<[string, number, string, () => Promise<Response>]>([
    [
      'signed by another region',
      401,
      'unauthenticated',
      async () => world.send('eu', body, await signedFor('eu', SECRETS.us!, body)),
    ],
    [
      'taken from the way to another region',
      401,
      'unauthenticated',
      async () => world.send('eu', foreign, await signedFor('us', SECRETS.us!, foreign)),
    ],
    ['of another region under our signature', 403, 'forbidden', () => world.send('eu', foreign)],
    [
      'played back when its time is over',
      401,
      'unauthenticated',
      async () =>
        world.send('eu', body, await signedFor('eu', SECRETS.eu!, body, NOON - SIGNATURE_AGE_MS_MAX - 1)),
    ],
    [
      'signed ahead of time, to be kept',
      401,
      'unauthenticated',
      async () =>
        world.send('eu', body, await signedFor('eu', SECRETS.eu!, body, NOON + SIGNATURE_AGE_MS_MAX + 1)),
    ],
    [
      'under a channel’s key',
      401,
      'unauthenticated',
      () => world.send('eu', body, { [SIGNATURE_HEADER]: '', Authorization: `Bearer ${SHOP_KEY}` }),
    ],
    [
      'with a header of a hundred thousand brackets',
      400,
      'malformed',
      () => world.send('eu', headed('['.repeat(100_000))),
    ],
    ['with a header that is not UTF-8', 400, 'malformed', () => world.send('eu', lied('"eu"', '"\u00ffu"'))],
    [
      'with an epoch of half a writer',
      400,
      'malformed',
      () => world.send('eu', lied('"epoch":1,', '"epoch":.5')),
    ],
    [
      'with a header that goes on for ever',
      400,
      'malformed',
      () => world.send('eu', Uint8Array.of(255, 255, 255, 255, ...new Uint8Array(64))),
    ],
    ['that is a gap', 409, 'version-gap', () => world.push({ ...second, from: 15, to: 16 })],
    [
      'of a writer that was before',
      409,
      'version-gap',
      () => world.push({ ...second, epoch: 1, from: 3, to: 99 }),
    ],
    ['larger than allowed', 413, 'too-large', () => world.send('eu', new Uint8Array(PUSH_BYTES_MAX + 1))],
    [
      'that says it is JSON',
      415,
      'unsupported-media-type',
      () => world.send('eu', body, { 'Content-Type': 'application/json' }),
    ],
    ['for no region', 404, 'unknown-region', () => elsewhere('mars')],
    ['for a region out of an object’s own words', 404, 'unknown-region', () => elsewhere('__proto__')],
    [
      'with a damaged row',
      422,
      'invalid',
      () => {
        const flipped = body.slice()
        flipped[flipped.length - 9]! ^= 4
        return world.send('eu', flipped)
      },
    ],
  ])('%s is %i %s', async (_, status, code, send) => isRefused(await send(), status, code))

  test('that is played back within its time changes nothing', async () => {
    await world.push(second)
    before = await everythingStored()
    for (const old of [pushBody(first), body]) {
      const answer = await world.send('eu', old)
      expect([answer.status, await answer.json()]).toMatchObject([200, { applied: false, version: 11 }])
      expect(await everythingStored()).toBe(before)
    }
  })

  test('of any bytes at all under the right signature is refused', () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
          fc.json().map((text) => headed(text)),
          fc.tuple(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
            const altered = new Uint8Array(body)
            altered[at]! ^= by
            return altered
          }),
        ),
        async (bytes) => {
          const { status } = await world.send('eu', bytes)
          // A byte of the header's text may make another header that is right: then it is no gap, and no harm.
          expect([200, 400, 403, 409, 422]).toContain(status)
          if (status !== 200) expect(await everythingStored()).toBe(before)
          else before = await everythingStored()
        },
      ),
      { numRuns: 120 },
    ))
})

describe('a question', () => {
  const skus = (count: number): string[] => Array.from({ length: count }, (_, n) => `sku-${n}`)
  const nested = `{"skus":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
  test.each<[string, number, string, () => Promise<Response>]>([
    ['without a key', 401, 'unauthenticated', () => world.fetch('/v1/availability/a')],
    [
      'under a key that nobody issued',
      401,
      'unauthenticated',
      () => world.read('/v1/availability/a', 'plk_not-issued-key'),
    ],
    [
      'under a key of ten thousand letters',
      401,
      'unauthenticated',
      () => world.read('/v1/availability/a', `plk_${'k'.repeat(10_000)}`),
    ],
    [
      'under the operators’ key',
      401,
      'unauthenticated',
      () => world.read('/v1/availability/a', OPERATOR_KEY),
    ],
    ['for 1001 skus', 422, 'invalid', () => world.query({ skus: skus(1_001) })],
    ['for a hundred thousand skus', 413, 'too-large', () => world.query({ skus: skus(100_000) })],
    ['fifty thousand brackets deep', 422, 'invalid', () => world.query(nested)],
    ['of garbage', 400, 'malformed', () => world.query('\u0001\u0002{]')],
    ['for a sku of 65 letters', 422, 'invalid', () => world.query({ skus: ['x'.repeat(65)] })],
    [
      'for a sku in another script',
      404,
      'unknown-sku',
      () => world.read(`/v1/availability/${encodeURIComponent('шуруп-М8')}`),
    ],
    ['for a sku that is half a letter', 404, 'unknown-sku', () => world.read('/v1/availability/%F0%9F')],
    ['for a sku with a zero in it', 404, 'unknown-sku', () => world.read('/v1/availability/a%00')],
    [
      'for a sku that is a word of objects',
      404,
      'unknown-sku',
      () => world.read('/v1/availability/__proto__'),
    ],
    [
      'about changes since no cursor of ours',
      400,
      'malformed',
      () => world.read(`/v1/changes?region=eu&since=${'eyJ'.repeat(500)}`),
    ],
  ])('%s is %i %s', async (_, status, code, ask) => isRefused(await ask(), status, code))

  test('for skus in every script is answered, each as unknown, in the order asked', async () => {
    const asked = ['螺栓', 'a', '🔩', 'e\u0301', '\u202eexe', 'a ']
    const { results } = await (await world.query({ skus: asked })).json<{ results: object[] }>()
    expect(results).toMatchObject(
      asked.map((sku) => (sku === 'a' ? { sku, availableToSell: 5 } : { sku, error: 'unknown-sku' })),
    )
    expect(await everythingStored()).toBe(before)
  })

  test('sent as a push, and a push sent as a question, is neither', async () => {
    const body = pushBody(second)
    await isRefused(
      await world.fetch('/v1/availability/query', {
        method: 'POST',
        headers: { Authorization: `Bearer ${SHOP_KEY}`, 'Content-Type': PUSH_MEDIA_TYPE },
        body,
      }),
      415,
      'unsupported-media-type',
    )
    await isRefused(
      await world.send('eu', new Uint8Array(new TextEncoder().encode('{"skus":["a"]}'))),
      400,
      'malformed',
    )
  })
})
