import fc from 'fast-check'
import { expect, test } from 'vitest'
import { figureOf } from '../../shared/snapshot/figure.ts'
import type { SnapshotRow } from '../../shared/snapshot/row.ts'
import { encodeShard } from '../../shared/snapshot/shard.ts'
import { ShardReader } from '../../shared/snapshot/shard-reader.ts'
import { movementOf, NO_BAND } from './publish-band.ts'

const RULES = {
  allocation: {
    '*': [
      { class: 'b2b', priority: 1, ringFence: { percent: 30 } },
      { class: 'b2b/gold', priority: 2, ringFence: { quantity: 4 }, cap: 40 },
      { class: 'amazon', buffer: 3, minPublish: 2 },
    ],
  },
}
const ASKS = [undefined, 'b2b', 'b2b/gold', 'b2b/silver', 'amazon', 'web', 'web/gold', 'outlet'].flatMap(
  (name) => {
    const [channel, segment] = name?.split('/') ?? []
    return [undefined, 'ber1', 'ham1', 'nowhere'].map((node) => ({ channel, segment, node }))
  },
)

const units = fc.nat(60)
const offers = fc
  .record({ ber1: units, ham1: units })
  .map((by) => Object.entries(by).map(([node, availableToSell]) => ({ node, availableToSell })))
const rows: fc.Arbitrary<SnapshotRow> = fc
  .record({
    gross: units,
    pool: fc.integer({ min: -5, max: 60 }),
    b2b: fc.nat(8),
    amazon: fc.nat(8),
    outlet: fc.option(fc.record({ gross: units, pool: units, nodes: offers }), { nil: undefined }),
    nodes: offers,
  })
  .map(({ gross, pool, b2b, amazon, outlet, nodes }) => ({
    sku: 'S',
    tier: 'A' as const,
    inputs: {
      gross,
      pool,
      demandByClass: new Map([
        ['b2b', b2b],
        ['amazon', amazon],
      ]),
      demandTotal: b2b + amazon,
      byChannel: outlet && new Map([['outlet', outlet]]),
    },
    nodes,
  }))
/** Two rows that lie near each other, nearly always. */
const pairs = fc
  .tuple(rows, rows, fc.integer({ min: -4, max: 4 }), fc.boolean())
  .map(([a, b, by, isNear]) => {
    if (!isNear) return [a, b] as const
    const pool = a.inputs.pool + by
    return [a, { ...a, inputs: { ...a.inputs, pool, gross: Math.max(0, a.inputs.gross + by) } }] as const
  })

test('what may wait changes no figure of anyone by more than the band, and none that is or becomes low', () => {
  let waited = 0
  fc.assert(
    fc.property(
      pairs,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 10 }),
      ([told, now], band, lowStock) => {
        if (movementOf(told, now, () => RULES, { band, lowStock }) !== 'small') return
        waited++
        for (const ask of ASKS) {
          const before = figureOf(told, RULES, ask)
          const after = figureOf(now, RULES, ask)
          if (before === after) continue
          expect(Math.abs(before - after)).toBeLessThanOrEqual(band)
          expect(Math.min(before, after)).toBeGreaterThan(lowStock)
        }
      },
    ),
    { numRuns: 2_000 },
  )
  expect(waited).toBeGreaterThan(20)
})

test('a row is the same when it was told and read back from the bytes', () => {
  fc.assert(
    fc.property(rows, rows, (row, other) => {
      const bytes = encodeShard({ region: 'eu', shard: 0, version: 1, asOf: 1 }, [row])
      const reader = ShardReader.open(bytes)
      const told = reader.ok ? reader.value.find('S') : null
      expect(movementOf(told, row, () => RULES, NO_BAND)).toBe('none')
      const isOther =
        JSON.stringify(encodeShard({ region: 'eu', shard: 0, version: 1, asOf: 1 }, [other])) !==
        JSON.stringify(bytes)
      expect(movementOf(told, other, () => RULES, NO_BAND)).toBe(isOther ? 'moved' : 'none')
    }),
  )
})

test('what was never told has moved, and another tier or other substitutes are told at once', () => {
  const row: SnapshotRow = {
    sku: 'S',
    tier: 'A',
    inputs: { gross: 50, pool: 50, demandByClass: new Map(), demandTotal: 0 },
    nodes: [],
  }
  const wide = { band: 10, lowStock: 0 }
  const of = (told: SnapshotRow | null, now: SnapshotRow | null) => movementOf(told, now, () => RULES, wide)
  expect(of(null, row)).toBe('moved')
  expect(of(null, null)).toBe('none')
  expect(of(row, { ...row, tier: 'B' })).toBe('moved')
  expect(of(row, { ...row, substitutes: ['T'] })).toBe('moved')
  expect(of(row, { ...row, inputs: { ...row.inputs, pool: 49 } })).toBe('small')
})
