import { beforeEach, describe, expect, test } from 'vitest'
import { AvailabilityAnswer } from '../shared/contract/availability-api.ts'
import type { Rules } from '../shared/contract/push.ts'
import { EdgeWorld, NOON, SHOP_KEY } from './testing/edge-world.ts'
import { row } from './testing/snapshot-rows.ts'

let world: EdgeWorld
const rules: Rules = {
  version: 1,
  allocation: {},
  freshForMs: { A: 5_000, B: 30_000, C: 120_000 },
  edgeFallback: {
    '*': { afterMs: 60_000, action: 'serve' },
    'tier:A': { afterMs: 10_000, action: 'buffer', percent: 30 },
    'sku:precious': { afterMs: 20_000, action: 'exclude' },
    'sku:precious,tier:A': { afterMs: 4_000, action: 'exclude' },
  },
}
const rows = [
  row('plain', 7),
  row('quick', 7, { tier: 'A' }),
  row('precious', 9, { substitutes: ['quick', 'plain'] }),
]
const figure = (sku: string) => world.figure(`/v1/availability/${sku}`)

beforeEach(async () => {
  world = await EdgeWorld.open()
  await world.push({ from: 0, to: 10, asOf: NOON, rules, rows })
})

describe('when the region is silent past what a sku allows', () => {
  test('its figure is served and said to be so, held back in part, or 0, by the most specific rule', async () => {
    world.now += 60_001
    expect(AvailabilityAnswer.strict().parse(await figure('plain'))).toMatchObject({
      availableToSell: 7,
      freshness: 'stale',
      reasons: ['region-silent', 'fallback-serve'],
    })
    // Of 7, 30 percent are 2.1: three units are held back.
    expect(await figure('quick')).toMatchObject({
      availableToSell: 4,
      freshness: 'degraded',
      reasons: ['region-silent', 'fallback-buffer'],
      age: 60_001,
    })
    expect(await figure('precious')).toMatchObject({
      availableToSell: 0,
      freshness: 'degraded',
      reasons: ['region-silent', 'fallback-exclude'],
    })
  })

  test('not a millisecond earlier, although it is stale by then', async () => {
    world.now += 10_000
    expect(await figure('quick')).toMatchObject({
      availableToSell: 7,
      freshness: 'stale',
      reasons: ['region-silent'],
    })
    world.now += 1
    expect(await figure('quick')).toMatchObject({ availableToSell: 4 })
  })

  test('although it may still call itself fresh; and nobody keeps an answer past that moment', async () => {
    world.now += 14_500
    const response = await world.read('/v1/availability/precious')
    expect(response.headers.get('Cache-Control')).toBe('private, max-age=5')
    const etag = response.headers.get('ETag')!
    world.now += 5_501
    expect(await figure('precious')).toMatchObject({
      availableToSell: 0,
      reasons: ['region-silent', 'fallback-exclude'],
    })
    const again = await world.read('/v1/availability/precious', SHOP_KEY, { 'If-None-Match': etag })
    expect([again.status, again.headers.get('Cache-Control')]).toEqual([200, 'private, max-age=0'])
  })

  test('a query says the same, and a sku that is 0 by it names its substitutes as they may be sold now', async () => {
    world.now += 20_001
    const { results } = await (
      await world.query({ skus: ['plain', 'quick', 'precious'] })
    ).json<{
      results: object[]
    }>()
    expect(results).toMatchObject([
      { availableToSell: 7, reasons: [] },
      { availableToSell: 4 },
      {
        availableToSell: 0,
        substitutes: [
          { sku: 'quick', availableToSell: 4 },
          { sku: 'plain', availableToSell: 7 },
        ],
      },
    ])
    expect(await figure('precious')).toMatchObject(results[2]!)
  })

  test('heard again, it is as it was', async () => {
    world.now += 60_001
    await figure('precious')
    await world.push({ from: 10, to: 10, asOf: world.now })
    expect(await figure('precious')).toMatchObject({ availableToSell: 9, freshness: 'fresh', reasons: [] })
  })

  test('while it is our own store that fails, nothing is held back: the region may well speak', async () => {
    await figure('precious')
    world.isStoreFailing = true
    world.now += 60_001
    expect(await figure('precious')).toMatchObject({
      availableToSell: 9,
      freshness: 'degraded',
      reasons: ['edge-store-unavailable'],
    })
  })
})

describe('a source that has gone silent', () => {
  const nodes = [
    { node: 'ber1', availableToSell: 4 },
    { node: 'ham1', availableToSell: 3 },
    { node: 'muc1', availableToSell: 2 },
  ]
  const since = '2026-11-23T11:00:00.000Z'
  const silentNodes: Rules['silentNodes'] = {
    ham1: { condition: 'late', source: 'wms-ham', since, action: 'serve' },
    muc1: { condition: 'down', source: '3pl-muc', since, action: 'buffer' },
  }

  test('is named in the answers that it stands behind, as the region names it', async () => {
    const behind = [
      row('both', 9, { nodes }),
      row('late', 7, { nodes: nodes.slice(0, 2) }),
      row('neither', 4),
      row('kit', 1, { kit: [{ quantity: 1, row: row('late', 7, { nodes: nodes.slice(1, 2) }) }] }),
    ]
    await world.push({ from: 0, to: 11, asOf: NOON + 1, rules: { ...rules, silentNodes }, rows: behind })
    const late = 'source-late:wms-ham@ham1'
    expect(await figure('both')).toMatchObject({
      availableToSell: 9,
      freshness: 'degraded',
      reasons: [late, 'source-down:3pl-muc@muc1'],
    })
    expect(await figure('late')).toMatchObject({ freshness: 'stale', reasons: [late] })
    expect(await figure('neither')).toMatchObject({ freshness: 'fresh', reasons: [] })
    expect(await figure('kit')).toMatchObject({ freshness: 'stale', reasons: [late] })
    expect(await world.figure('/v1/availability/both?node=ber1')).toMatchObject({ freshness: 'fresh' })
    const { headers } = await world.read('/v1/availability/late')
    expect(headers.get('Cache-Control')).toBe('private, max-age=0')
    await world.push({ from: 11, to: 12, asOf: NOON + 2, rules })
    expect(await figure('both')).toMatchObject({ freshness: 'fresh', reasons: [] })
  })
})
