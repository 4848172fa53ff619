import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { ChangesAnswer } from '../shared/contract/availability-api.ts'
import type { Rules } from '../shared/contract/push.ts'
import { EdgeWorld, NOON, SHOP_KEY } from './testing/edge-world.ts'
import { row } from './testing/snapshot-rows.ts'

let world: EdgeWorld
const rows = ['a', 'b', 'c', 'd'].map((sku) => row(sku, 10))
const first = { from: 0, to: 10, asOf: NOON, rows }

beforeEach(async () => {
  world = await EdgeWorld.open()
  await world.push(first)
})

type Followed = { cursor: string; figures: Record<string, number | string>; pages: number }

/** Reads on until nothing more is waiting, as a channel's own copy would. */
async function follow(since?: string, known: Followed['figures'] = {}): Promise<Followed> {
  const figures = { ...known }
  let cursor = since
  for (let pages = 1; ; pages++) {
    const page = ChangesAnswer.parse(await (await changes(cursor)).json())
    for (const entry of page.changes)
      figures[entry.sku] = 'error' in entry ? entry.error : entry.availableToSell
    cursor = page.cursor
    if (!page.more) return { cursor, figures, pages }
  }
}
const changes = (since?: string, more = '', key = SHOP_KEY): Promise<Response> =>
  world.read(`/v1/changes?region=eu${since === undefined ? '' : `&since=${since}`}${more}`, key)
const skusOf = async (since: string): Promise<string[]> =>
  ChangesAnswer.parse(await (await changes(since)).json())
    .changes.map(({ sku }) => sku)
    .sort()

describe('who follows a region', () => {
  test('begins with every sku, and is told then what changed, each sku once and as it is now', async () => {
    const start = await follow()
    expect(start.figures).toEqual({ a: 10, b: 10, c: 10, d: 10 })
    expect(await skusOf(start.cursor)).toEqual([])
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 9), row('new', 4)] })
    await world.push({ from: 11, to: 12, asOf: NOON, hot: [row('a', 8)] })
    expect(await skusOf(start.cursor)).toEqual(['a', 'new'])
    const later = await follow(start.cursor, start.figures)
    expect(later.figures).toEqual({ a: 8, b: 10, c: 10, d: 10, new: 4 })
    expect(await skusOf(later.cursor)).toEqual([])
  })

  test('is told of whole shards only what the region says has changed, in any isolate', async () => {
    const { cursor } = await follow()
    const changed = rows.map((was) => (was.sku === 'c' ? row('c', 3) : was))
    await world.push({ from: 10, to: 11, asOf: NOON, rows: changed, changed: ['c'] })
    await world.anotherIsolate()
    const answer = ChangesAnswer.parse(await (await changes(cursor)).json())
    expect(answer.changes).toMatchObject([
      { sku: 'c', availableToSell: 3, channel: 'shop', version: 11, freshness: 'fresh' },
    ])
    expect(answer.more).toBe(false)
  })

  test('may repeat a question and gets the same answer', async () => {
    const { cursor } = await follow()
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 9)] })
    expect(await (await changes(cursor)).json()).toEqual(await (await changes(cursor)).json())
  })

  test('a heartbeat is no change', async () => {
    const { cursor } = await follow()
    await world.push({ from: 10, to: 10, asOf: NOON + 500 })
    expect(await skusOf(cursor)).toEqual([])
  })

  test('gets much in bounded pages, and misses nothing of it', async () => {
    const { cursor } = await follow()
    const many = Array.from({ length: 2_300 }, (_, n) => row(`n${n}`, n % 7))
    await world.push({ from: 10, to: 11, asOf: NOON, hot: many.slice(0, 1_700) })
    await world.push({ from: 11, to: 12, asOf: NOON, hot: many.slice(900) })
    const { figures, pages } = await follow(cursor)
    expect(figures).toEqual(Object.fromEntries(many.map(({ sku }, n) => [sku, n % 7])))
    expect(pages).toBe(4)
    expect(Object.keys((await follow()).figures)).toHaveLength(2_304)
  })

  test('asks for its own segment and node, of its own regions', async () => {
    const { cursor } = await follow()
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 9)] })
    const answer = await changes(cursor, '&segment=gold&node=muc1')
    expect(await answer.json()).toMatchObject({
      changes: [{ sku: 'a', segment: 'gold', availableToSell: 0 }],
    })
    await world.putKey('plk_us-alone', { channel: 'shop', regions: ['us'] })
    expect((await changes(cursor, '', 'plk_us-alone')).status).toBe(403)
    expect((await changes(cursor, '&segment=silver')).status).toBe(403)
  })

  test.each([
    '&since=x',
    '&since=',
    '&since=eyJhIjoxfQ',
    '&since=%00',
    '&colour=red',
    '&region=us',
    '&node=%00',
  ])('what is not understood is refused: %s', async (query) => {
    expect((await world.read(`/v1/changes?region=eu${query}`)).status).toBe(400)
  })

  test('a cursor of one region is none of another', async () => {
    const { cursor } = await follow()
    expect((await world.read(`/v1/changes?region=us&since=${cursor}`)).status).toBe(400)
    expect((await world.read(`/v1/changes?since=${cursor}`)).status).toBe(200)
  })

  test('while the store fails nothing is told, so that nothing is missed', async () => {
    const { cursor } = await follow()
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 9)] })
    world.isStoreFailing = true
    expect((await changes(cursor)).status).toBe(503)
    world.isStoreFailing = false
    expect(await skusOf(cursor)).toEqual(['a'])
  })
})

describe('who was away too long', () => {
  const rules: Rules = { version: 1, allocation: {}, freshForMs: { A: 5_000, B: 30_000, C: 120_000 } }

  test.each<[string, () => Promise<unknown>]>([
    ['the region sent everything anew', () => world.push({ ...first, to: 11, asOf: NOON + 1 })],
    [
      'a hub does not say what of a shard changed',
      () => world.push({ from: 10, to: 11, asOf: NOON, rows: [row('a', 1)] }),
    ],
    [
      'the rules share out anew',
      () =>
        world.push({
          from: 10,
          to: 11,
          asOf: NOON,
          rules: { ...rules, allocation: { '*': [{ class: 'shop', cap: 2 }] } },
        }),
    ],
    [
      'more changed than is kept',
      () =>
        world.push({
          from: 10,
          to: 11,
          asOf: NOON,
          hot: [row('a', 1)],
          changed: Array.from({ length: 9_000 }, (_, n) => `some-sku-${n}`),
        }),
    ],
  ])('(%s) is given a cursor to begin anew from', async (_, happens) => {
    const { cursor } = await follow()
    await happens()
    const response = await changes(cursor)
    const problem = await response.json<{ type: string; restart: string }>()
    expect([response.status, problem.type]).toEqual([410, '/problems/cursor-too-old'])
    const { figures } = await follow(problem.restart)
    const asked = await Promise.all(
      ['a', 'b'].map(async (sku) => [sku, (await world.figure(`/v1/availability/${sku}`)).availableToSell]),
    )
    expect(figures).toMatchObject(Object.fromEntries(asked))
  })

  test('rules that leave the shares as they are lose nobody', async () => {
    const { cursor } = await follow()
    await world.push({ from: 10, to: 11, asOf: NOON, rules: { ...rules, silentNodes: {} } })
    expect(await skusOf(cursor)).toEqual([])
  })

  test('an hour is kept, and what is older is forgotten', async () => {
    const { cursor } = await follow()
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 9)] })
    const middle = (await follow(cursor)).cursor
    for (let n = 12; n <= 74; n++)
      await world.push({ from: n - 1, to: n, asOf: NOON + 3_600_001, hot: [row('b', n)], ...soon() })
    expect((await changes(cursor)).status).toBe(410)
    expect(await skusOf(middle)).toEqual(['b'])
  })
  const soon = (): object => {
    world.now = NOON + 3_600_001
    return {}
  }

  test('a store that was put back to an earlier day is noticed', async () => {
    await world.push({ from: 10, to: 11, asOf: NOON, hot: [row('a', 9)] })
    const { cursor } = await follow()
    await world.db.prepare('UPDATE head SET revision = 1, version = 10').run()
    await world.anotherIsolate()
    expect((await changes(cursor)).status).toBe(410)
  })
})

test('whatever is pushed between two looks, a follower’s copy is what the edge answers', async () => {
  const SKUS = ['a', 'b', 'c', 'd', 'e', 'f']
  const push = fc.record({
    hot: fc.dictionary(fc.constantFrom(...SKUS), fc.nat(20), { maxKeys: 3 }),
    bulk: fc.dictionary(fc.constantFrom(...SKUS), fc.nat(20), { maxKeys: 3 }),
    looks: fc.boolean(),
    isCold: fc.boolean(),
  })
  let epoch = 1
  await fc.assert(
    fc.asyncProperty(fc.array(push, { maxLength: 8 }), async (pushes) => {
      epoch++
      await world.anotherIsolate()
      const now = new Map(SKUS.slice(0, 4).map((sku) => [sku, 10]))
      await world.push({ ...first, epoch, rows: [...now].map(([sku, pool]) => row(sku, pool)) })
      let copy = await follow()
      let version = 10
      for (const { hot, bulk, looks, isCold } of pushes) {
        for (const [sku, pool] of Object.entries({ ...bulk, ...hot })) now.set(sku, pool)
        await world.push({
          epoch,
          from: version,
          to: ++version,
          asOf: NOON,
          hot: Object.entries(hot).map(([sku, pool]) => row(sku, pool)),
          rows: Object.keys(bulk).length > 0 ? [...now].map(([sku, pool]) => row(sku, pool)) : [],
          changed: [...Object.keys(hot), ...Object.keys(bulk)],
        })
        if (isCold) await world.anotherIsolate()
        if (looks) copy = await follow(copy.cursor, copy.figures)
      }
      copy = await follow(copy.cursor, copy.figures)
      expect(copy.figures).toEqual(Object.fromEntries(now))
    }),
    { numRuns: 25 },
  )
})
