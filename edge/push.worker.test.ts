import { beforeEach, describe, expect, test } from 'vitest'
import { PUSH_MEDIA_TYPE, SIGNATURE_AGE_MS_MAX, SIGNATURE_HEADER } from '../shared/contract/push.ts'
import { EdgeWorld, NOON, OPERATOR_KEY, SECRETS } from './testing/edge-world.ts'
import { pushBody, signature } from './testing/region-publisher.ts'
import { row } from './testing/snapshot-rows.ts'

let world: EdgeWorld
beforeEach(async () => {
  world = await EdgeWorld.open()
})

const first = { from: 0, to: 10, asOf: NOON, rows: [row('a', 5), row('b', 7), row('c', 9)] }

async function nothingIsHeld(): Promise<void> {
  const { results } = await world.db.prepare('SELECT count(*) AS n FROM head').all<{ n: number }>()
  expect(results[0]!.n).toBe(0)
  expect((await world.kv.list()).keys).toEqual([])
}

describe('an accepted push', () => {
  test('is read at once, in the isolate that took it and in another', async () => {
    const answer = await world.push(first)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ region: 'eu', epoch: 1, version: 10, applied: true })
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 5, version: 10 })
    await world.anotherIsolate()
    expect(await world.figure('/v1/availability/b')).toMatchObject({ availableToSell: 7, version: 10 })
  })

  test('with hot rows changes these skus alone, and the shard that comes later drops them', async () => {
    await world.push(first)
    await world.push({ from: 10, to: 11, asOf: NOON + 1, hot: [row('a', 3, { tier: 'A' }), row('new', 2)] })
    for (const isolate of ['warm', 'cold']) {
      if (isolate === 'cold') await world.anotherIsolate()
      expect(await world.figure('/v1/availability/a')).toMatchObject({
        availableToSell: 3,
        tier: 'A',
        version: 11,
      })
      expect(await world.figure('/v1/availability/new')).toMatchObject({ availableToSell: 2 })
      expect(await world.figure('/v1/availability/b')).toMatchObject({ availableToSell: 7, version: 11 })
    }
    await world.push({
      ...first,
      from: 11,
      to: 12,
      rows: [row('a', 4), row('b', 7), row('c', 9), row('new', 2)],
    })
    await world.anotherIsolate()
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 4, version: 12 })
  })

  test('with hot rows is kept until all of its shards were written since, and not longer', async () => {
    await world.push(first)
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 3), row('b', 2)] })
    await world.push({ from: 11, to: 12, asOf: NOON, hot: [row('a', 4)] })
    await world.push({ from: 12, to: 13, asOf: NOON, rows: [row('a', 4)] })
    const logged = async (): Promise<number[]> => {
      for (let n = 1; n <= 8; n++) await world.push({ from: 13, to: 13, asOf: (world.now += 1) })
      const { results } = await world.db.prepare('SELECT version FROM hot_log').all<{ version: number }>()
      return results.map(({ version }) => version)
    }
    expect(await logged()).toEqual([11])
    await world.anotherIsolate()
    expect(await world.figure('/v1/availability/b')).toMatchObject({ availableToSell: 2 })
    await world.push({ from: 13, to: 14, asOf: NOON, rows: [row('b', 2)] })
    for (let n = 1; n <= 8; n++) await world.push({ from: 14, to: 14, asOf: (world.now += 1) })
    const left = await world.db.prepare('SELECT version FROM hot_log').all()
    expect(left.results).toEqual([])
  })

  test('that follows on what an isolate never held is answered by it at once', async () => {
    await world.push(first)
    await world.anotherIsolate()
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 3)] })
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 3, version: 11 })
    expect(await world.figure('/v1/availability/b')).toMatchObject({ availableToSell: 7, version: 11 })
  })

  test('a heartbeat moves the moment and nothing else', async () => {
    await world.push(first)
    world.now += 1000
    const beat = { from: 10, to: 10, asOf: world.now }
    expect(await (await world.push(beat)).json()).toMatchObject({ applied: true, version: 10 })
    expect(await world.figure('/v1/availability/a')).toMatchObject({
      availableToSell: 5,
      version: 10,
      age: 0,
    })
    expect(await (await world.push(beat)).json()).toMatchObject({ applied: false })
  })

  test('rules that it carries are live for every row already here', async () => {
    await world.push(first)
    const rules = {
      version: 2,
      allocation: { '*': [{ class: 'shop', cap: 1 }] },
      freshForMs: { A: 5000, B: 30_000, C: 120_000 },
    }
    await world.push({ from: 10, to: 11, asOf: NOON, rules })
    expect(await world.figure('/v1/availability/c')).toMatchObject({ availableToSell: 1 })
    await world.anotherIsolate()
    expect(await world.figure('/v1/availability/c')).toMatchObject({ availableToSell: 1 })
  })

  test('from version 0 replaces everything, also in the same epoch', async () => {
    await world.push(first)
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 1)] })
    const repair = { ...first, to: 11, asOf: NOON + 1, rows: [row('a', 2)] }
    expect(await (await world.push(repair)).json()).toMatchObject({ applied: true })
    for (const isolate of ['warm', 'cold']) {
      if (isolate === 'cold') await world.anotherIsolate()
      expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 2 })
      expect((await world.read('/v1/availability/b')).status).toBe(404)
    }
  })
})

describe('a fresh start in parts', () => {
  const fresh = { ...first, epoch: 2, to: 20, rows: [row('a', 1), row('b', 2), row('c', 3), row('d', 4)] }
  const part = (place: 'more' | 'last', ...shards: number[]) =>
    world.push({ ...fresh, part: { place, shards } })
  const told = async () => {
    const figures: [number, number][] = []
    for (const sku of ['a', 'b', 'c', 'd']) {
      const { availableToSell, version } = await world.figure(`/v1/availability/${sku}`)
      figures.push([availableToSell, version])
    }
    return figures
  }

  test('changes nothing until the last one comes, and then everything at once', async () => {
    await world.push({ ...first, rows: fresh.rows.map((it, n) => row(it.sku, 90 + n)) })
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 80)] })
    const before = await told()
    const answer = await part('more', 0, 1)
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { applied: false, epoch: 1, version: 11 },
    ])
    await part('more', 2)
    // The writer before still speaks meanwhile.
    await world.push({ from: 11, to: 12, asOf: NOON + 1, hot: [row('b', 81)] })
    expect((await told())[0]).toEqual([before[0]![0], 12])
    expect((await part('last', 3)).status).toBe(200)
    for (const isolate of ['warm', 'cold']) {
      if (isolate === 'cold') await world.anotherIsolate()
      expect(await told()).toEqual([
        [1, 20],
        [2, 20],
        [3, 20],
        [4, 20],
      ])
    }
    const staged = await world.db.prepare('SELECT * FROM staged_shard').all()
    expect(staged.results).toEqual([])
    expect((await world.push({ epoch: 2, from: 20, to: 21, asOf: NOON, hot: [row('a', 7)] })).status).toBe(
      200,
    )
  })

  test('that lacks one is refused, whatever an earlier start left there', async () => {
    await world.push(first)
    await world.push({ ...fresh, asOf: NOON - 1, part: { place: 'more', shards: [0, 1, 2] } })
    await part('more', 0)
    await part('more', 0)
    const answer = await part('last', 3)
    expect([answer.status, await answer.json()]).toMatchObject([422, { errors: [{ path: 'part' }] }])
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 5, version: 10 })
    await part('more', 0, 1, 2)
    expect((await part('last', 3)).status).toBe(200)
  })

  test('has none of the shards of an earlier one whose part arrives late', async () => {
    const earlier = {
      ...fresh,
      asOf: NOON - 1,
      rows: [row('a', 91), row('b', 92), row('c', 93), row('d', 94)],
    }
    await part('more', 0, 1, 2)
    expect((await world.push({ ...earlier, part: { place: 'more', shards: [0, 1, 2] } })).status).toBe(200)
    expect((await part('last', 3)).status).toBe(200)
    expect((await told()).map(([figure]) => figure)).toEqual([1, 2, 3, 4])
  })

  test('is not disturbed by a writer that was replaced meanwhile', async () => {
    await part('more', 0, 1)
    await world.push({ ...fresh, epoch: 1, part: { place: 'more', shards: [2] } })
    await part('more', 2)
    expect((await part('last', 3)).status).toBe(200)
    expect(await world.figure('/v1/availability/d')).toMatchObject({ availableToSell: 4, version: 20 })
  })
})

describe('what does not follow on', () => {
  test('a gap is refused with what is held, and leaves it as it is', async () => {
    await world.push(first)
    const answer = await world.push({ from: 12, to: 13, asOf: NOON, hot: [row('a', 1)] })
    expect(answer.status).toBe(409)
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ type: '/problems/version-gap', epoch: 1, version: 10 })
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 5 })
  })

  test('the first push of all has to start at 0', async () => {
    expect(await (await world.push({ from: 3, to: 4, asOf: NOON })).json()).toMatchObject({
      epoch: 0,
      version: 0,
    })
    await nothingIsHeld()
  })

  test('a repeated push is answered and not applied', async () => {
    await world.push(first)
    const second = { from: 10, to: 11, asOf: NOON, hot: [row('a', 3)] }
    await world.push(second)
    await world.push({ from: 11, to: 12, asOf: NOON, hot: [row('a', 2)] })
    for (const isolate of ['warm', 'cold']) {
      if (isolate === 'cold') await world.anotherIsolate()
      const answer = await world.push(second)
      expect(answer.status).toBe(200)
      expect(await answer.json()).toEqual({ region: 'eu', epoch: 1, version: 12, applied: false })
    }
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 2 })
  })

  test('a replaced writer is refused, and a new one begins with everything', async () => {
    await world.push(first)
    expect((await world.push({ epoch: 2, from: 10, to: 11, asOf: NOON })).status).toBe(409)
    expect((await world.push({ ...first, epoch: 2, to: 8 })).status).toBe(200)
    const late = await world.push({ epoch: 1, from: 10, to: 11, asOf: NOON, hot: [row('a', 1)] })
    expect(late.status).toBe(409)
    expect(await late.json()).toMatchObject({ epoch: 2, version: 8 })
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 5, version: 8 })
  })

  test('two isolates that hold the same version can not both apply a push', async () => {
    await world.push(first)
    const warm = world.app
    await world.anotherIsolate()
    await world.figure('/v1/availability/a')
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 1)] })
    world.app = warm
    const answer = await world.push({ from: 10, to: 12, asOf: NOON, hot: [row('a', 2)] })
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ version: 11 })
  })
})

describe('a push that is refused leaves nothing', () => {
  const body = pushBody(first)
  const flipped = body.slice()
  flipped[flipped.length - 20]! ^= 1
  const cases: [string, number, () => Promise<Response>][] = [
    [
      'signed with the key of another region',
      401,
      async () =>
        world.send('eu', body, { [SIGNATURE_HEADER]: await signature('eu', SECRETS.us!, body, NOON) }),
    ],
    [
      "another region's push, signed rightly for that one, sent here",
      401,
      async () =>
        world.send('eu', body, { [SIGNATURE_HEADER]: await signature('us', SECRETS.us!, body, NOON) }),
    ],
    [
      'the push of another region under our own signature',
      403,
      () => world.send('eu', pushBody({ ...first, region: 'us' })),
    ],
    [
      'signed too long ago',
      401,
      async () =>
        world.send('eu', body, {
          [SIGNATURE_HEADER]: await signature('eu', SECRETS.eu!, body, NOON - SIGNATURE_AGE_MS_MAX - 1),
        }),
    ],
    [
      'signed for another moment',
      401,
      async () => {
        const right = await signature('eu', SECRETS.eu!, body, NOON)
        return world.send('eu', body, { [SIGNATURE_HEADER]: right.replace(String(NOON), String(NOON + 1)) })
      },
    ],
    ['not signed', 401, () => world.send('eu', body, { [SIGNATURE_HEADER]: '' })],
    [
      'with an unknown key id',
      401,
      async () => {
        const right = await signature('eu', SECRETS.eu!, body, NOON)
        return world.send('eu', body, { [SIGNATURE_HEADER]: right.replace('k=k1', 'k=__proto__') })
      },
    ],
    [
      'altered under its signature',
      401,
      async () =>
        world.send('eu', flipped, { [SIGNATURE_HEADER]: await signature('eu', SECRETS.eu!, body, NOON) }),
    ],
    ['with a damaged shard', 422, () => world.send('eu', flipped)],
    ['cut short', 400, () => world.send('eu', body.slice(0, body.length - 1))],
    ['garbage', 400, () => world.send('eu', new Uint8Array([255, 255, 255, 255, 1]))],
    ['empty', 400, () => world.send('eu', new Uint8Array())],
    ['of another content type', 415, () => world.send('eu', body, { 'Content-Type': 'application/json' })],
    ['larger than allowed', 413, () => world.send('eu', new Uint8Array(16 * 1024 * 1024 + 1))],
    [
      'to a region that does not exist',
      404,
      () =>
        world.fetch('/ingest/v1/mars', {
          method: 'POST',
          headers: { 'Content-Type': PUSH_MEDIA_TYPE },
          body: 'x',
        }),
    ],
  ]
  test.each(cases)('%s', async (_, status, send) => {
    const answer = await send()
    expect(answer.status).toBe(status)
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
    await nothingIsHeld()
  })

  test('a fresh start without every shard', async () => {
    await world.push(first)
    const partial = pushBody({ epoch: 2, from: 1, to: 20, asOf: NOON, rows: [row('a', 1)] })
    const text = new TextDecoder('latin1').decode(partial).replace('"fromVersion":1', '"fromVersion":0')
    const answer = await world.send(
      'eu',
      Uint8Array.from(text, (ch) => ch.charCodeAt(0)),
    )
    expect(answer.status).toBe(422)
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 5, version: 10 })
  })

  test('a store that fails is said, and the same push is taken afterwards', async () => {
    world.isStoreFailing = true
    expect((await world.push(first)).status).toBe(503)
    world.isStoreFailing = false
    await nothingIsHeld()
    expect((await world.push(first)).status).toBe(200)
  })
})

describe('keys of pushes', () => {
  const NEW = 'eu-secret-of-next-year'
  const signedWith = async (keyId: string, secret: string, to: number): Promise<number> => {
    const body = pushBody(to === 10 ? first : { from: to - 1, to, asOf: NOON + to })
    const signed = await signature('eu', secret, body, NOON, keyId)
    return (await world.send('eu', body, { [SIGNATURE_HEADER]: signed })).status
  }

  test('change without a gap: the old and the new count side by side, then the new alone', async () => {
    expect(await signedWith('k1', SECRETS.eu!, 10)).toBe(200)
    await world.anotherIsolate({ pushSecrets: { eu: { k1: SECRETS.eu!, k2: NEW } } })
    expect(await signedWith('k1', SECRETS.eu!, 11)).toBe(200)
    expect(await signedWith('k2', NEW, 12)).toBe(200)
    expect(await signedWith('k1', SECRETS.eu!, 13)).toBe(200)
    await world.anotherIsolate({ pushSecrets: { eu: { k2: NEW } } })
    expect(await signedWith('k1', SECRETS.eu!, 14)).toBe(401)
    expect(await signedWith('k2', SECRETS.eu!, 14)).toBe(401)
    expect(await signedWith('k2', NEW, 14)).toBe(200)
  })

  test('a recorded push changes nothing within its window, and is refused after it', async () => {
    const recorded = pushBody(first)
    const signed = { [SIGNATURE_HEADER]: await signature('eu', SECRETS.eu!, recorded, NOON) }
    expect((await world.send('eu', recorded, signed)).status).toBe(200)
    await world.push({ from: 10, to: 11, asOf: NOON + 1, hot: [row('a', 3)] })
    const replayed = await world.send('eu', recorded, signed)
    expect([replayed.status, await replayed.json()]).toMatchObject([200, { applied: false, version: 11 }])
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 3, version: 11 })
    world.now += SIGNATURE_AGE_MS_MAX
    expect((await world.send('eu', recorded, signed)).status).toBe(200)
    world.now += 1
    expect((await world.send('eu', recorded, signed)).status).toBe(401)
    expect(await world.figure('/v1/availability/a')).toMatchObject({ availableToSell: 3 })
  })
})

describe('digests', () => {
  test('are those of what a reader sees, hot rows and all', async () => {
    await world.push(first)
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 3)] })
    const overlaid = await world.digests()
    await world.push({ from: 0, to: 12, asOf: NOON, rows: [row('a', 3), row('b', 7), row('c', 9)] })
    const whole = await world.digests()
    expect(overlaid).toMatchObject({ epoch: 1, version: 11 })
    expect(overlaid.digests).toEqual(whole.digests)
  })

  test('of the rows of one shard are those of what a reader sees', async () => {
    const rowsOf = async () => {
      const answer = await world.read('/v1/digests/0?region=eu', OPERATOR_KEY)
      expect(answer.status).toBe(200)
      return ((await answer.json()) as { rows: { sku: string; digest: string; pool: number }[] }).rows
    }
    await world.push(first)
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 3)] })
    const overlaid = await rowsOf()
    expect(overlaid.map(({ sku, pool }) => [sku, pool])).toContainEqual(['a', 3])
    await world.push({ from: 0, to: 12, asOf: NOON, rows: [row('a', 3), row('b', 7), row('c', 9)] })
    expect(new Set(await rowsOf())).toEqual(new Set(overlaid))
    for (const shard of ['99', '-1', 'x'])
      expect((await world.read(`/v1/digests/${shard}?region=eu`, OPERATOR_KEY)).status).toBe(404)
    expect((await world.read('/v1/digests/0?region=eu')).status).toBe(401)
  })

  test('are shown to operators only', async () => {
    expect((await world.read('/v1/digests?region=eu')).status).toBe(401)
    expect((await world.read('/v1/digests?region=eu', OPERATOR_KEY)).status).toBe(503)
    expect((await world.read('/v1/digests', OPERATOR_KEY)).status).toBe(400)
  })
})
