import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Tier, TierSettings } from '../../shared/domain/tier.ts'
import { Compactor, HOT_ROWS_MAX, SHARDS_MAX } from './compactor.ts'
import type { Movement } from './publish-band.ts'

const SHARDS = 8
const TIERS = ['A', 'B', 'C'] as const
const SETTINGS: Record<Tier, TierSettings> = {
  A: { windowMs: 250, freshForMs: 5_000 },
  B: { windowMs: 2_000, freshForMs: 30_000 },
  C: { windowMs: 10_000, freshForMs: 120_000 },
}

/** A compactor and the figures on both of its sides: sku n is of tier n % 3, in shard n % 8. */
class Story {
  now = 1_000_000
  readonly figures = new Map<number, number>()
  readonly told = new Map<number, number>()
  /** Since when the two differ. */
  readonly differsSince = new Map<number, number>()
  readonly compactor: Compactor

  constructor(settings: Record<Tier, TierSettings> = SETTINGS) {
    this.compactor = new Compactor({
      settings: (tier) => settings[tier],
      windowMs: ({ windowMs }) => windowMs,
      shardOf: (sku) => sku % SHARDS,
      movement: (sku, { band, lowStock }): Movement => {
        const [told, now] = [this.told.get(sku) ?? 0, this.figure(sku)]
        if (told === now) return 'none'
        return Math.abs(told - now) <= band && Math.min(told, now) > lowStock ? 'small' : 'moved'
      },
    })
  }

  figure = (sku: number): number => this.figures.get(sku) ?? 0
  tier = (sku: number): Tier => TIERS[sku % 3]!

  set(sku: number, figure: number): void {
    this.figures.set(sku, figure)
    if ((this.told.get(sku) ?? 0) === figure) this.differsSince.delete(sku)
    else if (!this.differsSince.has(sku)) this.differsSince.set(sku, this.now)
    this.compactor.mark(sku, this.tier(sku), this.now)
  }

  /** One push; null stands for one that did not arrive. */
  push(arrives = true) {
    const batch = this.compactor.take(this.now)
    if (!arrives) {
      this.compactor.putBack(batch)
      return batch
    }
    const told = [...batch.hot]
    for (const sku of this.figures.keys()) if (batch.shards.includes(sku % SHARDS)) told.push(sku)
    for (const sku of told) {
      this.told.set(sku, this.figure(sku))
      this.differsSince.delete(sku)
    }
    return batch
  }
}

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('set' as const), sku: fc.nat(40), figure: fc.nat(30) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(4_000) }),
    fc.record({ do: fc.constant('push' as const), arrives: fc.boolean() }),
  ),
  { maxLength: 80 },
)

describe('whatever happens, in any order', () => {
  const banded = { ...SETTINGS, A: { ...SETTINGS.A, band: 4 }, B: { ...SETTINGS.B, band: 6, lowStock: 2 } }

  test('the edge never has a figure that is older than it says, and has every figure in the end', () => {
    fc.assert(
      fc.property(steps, (tape) => {
        const story = new Story(banded)
        for (const step of tape) {
          if (step.do === 'set') story.set(step.sku, step.figure)
          else if (step.do === 'wait') story.now += step.ms
          else story.push(step.arrives)
          for (const [sku, since] of story.differsSince)
            expect(story.compactor.trueAt(story.tier(sku), story.now)).toBeLessThanOrEqual(since)
        }
        for (let n = 0; story.compactor.waiting > 0; n++) {
          expect(n).toBeLessThan(100)
          story.now += story.compactor.dueIn(story.now)!
          story.push()
        }
        expect([...story.differsSince]).toEqual([])
        for (const tier of TIERS) expect(story.compactor.trueAt(tier, story.now)).toBe(story.now)
      }),
    )
  })

  test('a push carries each sku once at most, and only those that changed since they were told', () => {
    fc.assert(
      fc.property(steps, (tape) => {
        const story = new Story()
        const changed = new Set<number>()
        for (const step of tape) {
          if (step.do === 'set') changed.add(step.sku)
          if (step.do === 'set') story.set(step.sku, step.figure)
          else if (step.do === 'wait') story.now += step.ms
          else {
            const { hot, taken } = story.push(step.arrives)
            const skus = TIERS.flatMap((tier) => [...taken[tier].values()].flatMap((it) => [...it.skus]))
            expect(new Set(hot).size).toBe(hot.length)
            expect(new Set(skus).size).toBe(skus.length)
            for (const sku of skus) expect(changed).toContain(sku)
            if (step.arrives) for (const sku of skus) changed.delete(sku)
          }
          expect(story.compactor.waiting).toBeLessThanOrEqual(changed.size)
        }
      }),
    )
  })
})

test('a thousand changes of one sku while the edge is away are one row when it is back, the last', () => {
  const story = new Story()
  for (let n = 1; n <= 1_000; n++) {
    story.set(0, n)
    story.now += 300
    story.push(false)
  }
  const { hot, shards } = story.push()
  expect([hot, shards, story.told.get(0)]).toEqual([[0], [], 1_000])
})

test('a change and its undoing within a window are no write at all', () => {
  const story = new Story()
  story.set(1, 5)
  story.push()
  story.set(1, 4)
  story.set(1, 5)
  story.now += 2_000
  expect(story.push()).toMatchObject({ hot: [], shards: [] })
  expect(story.compactor.waiting).toBe(0)
})

test('the first change after quiet goes at once; the next ones of its tier go together when the window is over', () => {
  const story = new Story()
  story.set(0, 1)
  expect(story.compactor.dueIn(story.now)).toBe(0)
  story.push()
  story.set(3, 1)
  story.set(6, 1)
  expect(story.compactor.dueIn(story.now)).toBe(250)
  expect(story.push().hot).toEqual([])
  story.now += 250
  expect(story.push().hot).toEqual([3, 6])
})

test('tier A goes first, whatever waits in the other tiers, which follow a few shards a push, the oldest first', () => {
  const story = new Story()
  for (const sku of [1, 5, 2, 7, 11, 4, 8, 14]) {
    story.set(sku, 1)
    story.now += 1
  }
  story.set(9, 1)
  const first = story.push()
  expect(first.hot).toEqual([9])
  expect(first.shards).toHaveLength(SHARDS_MAX)
  expect(first.shards).toContain(1)
  expect(story.compactor.dueIn(story.now)).toBe(0)
  story.push()
  expect(story.compactor.waiting).toBe(0)
})

test('what waits in a shard that travels whole, of whichever tier, travels in it', () => {
  const story = new Story()
  for (const sku of [1, 2, 17]) story.set(sku, 1)
  story.push()
  story.now += 2_100
  story.set(1, 2)
  story.set(17, 2)
  const { shards, taken } = story.push()
  expect(shards).toEqual([1])
  expect([...taken.C.get(1)!.skus]).toEqual([17])
  expect(story.compactor.dueIn(story.now)).toBe(null)
})

test('more rows of one shard than the shard is worth are the whole shard, and one push has its most rows', () => {
  const story = new Story()
  for (let n = 0; n < 600; n++) story.set(24 * n, 1)
  expect(story.push()).toMatchObject({ hot: [], shards: [0] })
  const wide = new Story()
  for (let n = 0; n < 4_000; n++) wide.set(3 * n, 1)
  const { hot } = wide.push()
  expect(hot.length).toBeGreaterThanOrEqual(HOT_ROWS_MAX)
  expect(hot.length).toBeLessThan(4_000)
  expect(wide.compactor.dueIn(wide.now)).toBe(0)
})

test('a change within the band waits for half of the freshness at most, and a further one ends the waiting', () => {
  const story = new Story({ ...SETTINGS, A: { ...SETTINGS.A, band: 3 } })
  story.set(0, 100)
  story.push()
  story.now += 250
  story.set(0, 98)
  expect(story.push().hot).toEqual([])
  expect([story.compactor.held, story.compactor.dueIn(story.now)]).toEqual([1, 2_500])
  story.now += 2_500
  expect(story.push().hot).toEqual([0])
  story.now += 250
  story.set(0, 97)
  story.push()
  story.set(0, 94)
  story.now += 250
  expect(story.push().hot).toEqual([0])
  expect(story.compactor.waiting).toBe(0)
})

test('shards that are wanted whole go a few a push, and again when the push did not arrive', () => {
  const story = new Story()
  story.compactor.wantWhole([0, 1, 2, 3, 4, 5])
  expect(story.push(false).shards).toEqual([0, 1, 2, 3])
  const shards = [...story.push().shards, ...story.push().shards]
  expect(shards.sort()).toEqual([0, 1, 2, 3, 4, 5])
  expect(story.compactor.dueIn(story.now)).toBe(null)
})
