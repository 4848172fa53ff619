import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocate, type AllocationInputs, unallocated } from './allocation.ts'
import type { AllocationRule } from './allocation-rule.ts'

const inputs = (gross: number, demand: Record<string, number> = {}): AllocationInputs => {
  const total = Object.values(demand).reduce((sum, n) => sum + n, 0)
  return { gross, pool: gross - total, demandByClass: new Map(Object.entries(demand)), demandTotal: total }
}
const ats = (given: AllocationInputs, rules: AllocationRule[], demandClass: string): number =>
  allocate(given, rules, demandClass).availableToSell

describe('allocation', () => {
  test('without rules offers the whole pool to everyone', () => {
    expect(ats(inputs(10, { web: 3 }), [], 'amazon')).toBe(7)
  })
  test('keeps a ring-fence for its class alone', () => {
    const rules: AllocationRule[] = [{ class: 'b2b', ringFence: { quantity: 4 } }]
    expect(ats(inputs(10), rules, 'b2b')).toBe(10)
    expect(ats(inputs(10), rules, 'amazon')).toBe(6)
  })
  test('lets a class eat its own fence first, and others keep the shared part', () => {
    const rules: AllocationRule[] = [{ class: 'b2b', ringFence: { quantity: 4 } }]
    expect(ats(inputs(10, { b2b: 3 }), rules, 'amazon')).toBe(6)
    expect(ats(inputs(10, { b2b: 3 }), rules, 'b2b')).toBe(7)
  })
  test('gives fences in priority order when there is too little for all', () => {
    const rules: AllocationRule[] = [
      { class: 'b2b', priority: 2, ringFence: { quantity: 8 } },
      { class: 'gold', priority: 1, ringFence: { percent: 50 } },
    ]
    expect(ats(inputs(10), rules, 'gold')).toBe(5)
    expect(ats(inputs(10), rules, 'b2b')).toBe(5)
    expect(ats(inputs(10), rules, 'amazon')).toBe(0)
  })
  test('caps, buffers, and publishes nothing under the minimum', () => {
    expect(ats(inputs(10, { amazon: 2 }), [{ class: 'amazon', cap: 5 }], 'amazon')).toBe(3)
    expect(ats(inputs(10), [{ class: 'amazon', buffer: 3 }], 'amazon')).toBe(7)
    expect(ats(inputs(4), [{ class: 'amazon', minPublish: 5 }], 'amazon')).toBe(0)
  })
  test('a rule for a channel covers its segments, until a segment has a rule of its own', () => {
    const rules: AllocationRule[] = [{ class: 'b2b', ringFence: { quantity: 4 } }]
    expect(allocate(inputs(10, { 'b2b/gold': 3 }), rules, 'b2b/gold')).toMatchObject({
      fence: 4,
      used: 3,
      demand: 3,
    })
    const own: AllocationRule[] = [...rules, { class: 'b2b/gold', ringFence: { quantity: 1 } }]
    expect(allocate(inputs(10, { 'b2b/gold': 3 }), own, 'b2b/gold')).toMatchObject({ fence: 1, used: 1 })
  })
})

describe('the invariants of allocation', () => {
  const classes = ['b2b', 'b2b/gold', 'amazon', 'web', 'edi']
  const q = fc.nat({ max: 100 })
  const rule = fc.record(
    {
      class: fc.constantFrom(...classes.slice(0, 4)),
      priority: fc.nat({ max: 3 }),
      ringFence: fc.oneof(fc.record({ quantity: q }), fc.record({ percent: fc.nat({ max: 100 }) })),
      cap: q,
      buffer: fc.nat({ max: 10 }),
      minPublish: fc.nat({ max: 10 }),
    },
    { requiredKeys: ['class'] },
  )
  const rules = fc.uniqueArray(rule, { selector: (it) => it.class, maxLength: 4 }) as fc.Arbitrary<
    AllocationRule[]
  >
  const demand = fc.dictionary(fc.constantFrom(...classes), fc.nat({ max: 60 }), { noNullPrototype: true })
  const world = fc.record({ gross: fc.nat({ max: 200 }), rules, demand })

  test('no class is offered more than the pool, and never less than nothing', () => {
    fc.assert(
      fc.property(world, ({ gross, rules, demand }) => {
        const given = inputs(gross, demand)
        for (const k of classes) {
          const figure = ats(given, rules, k)
          expect(figure).toBeGreaterThanOrEqual(0)
          expect(figure).toBeLessThanOrEqual(unallocated(given))
          expect(Number.isInteger(figure)).toBe(true)
        }
      }),
    )
  })

  test('a unit in one class’s fence is never offered to another', () => {
    fc.assert(
      fc.property(world, ({ gross, rules, demand }) => {
        const given = inputs(gross, demand)
        const fencedFree = (other: string): number =>
          rules.reduce((sum, r) => {
            const { fence, used } = allocate(given, rules, r.class)
            return r.class === other ? sum : sum + fence - used
          }, 0)
        for (const k of classes) {
          const covering = allocate(given, rules, k)
          const owner = rules.some((r) => r.class === k) ? k : k.startsWith('b2b') ? 'b2b' : k
          expect(covering.availableToSell).toBeLessThanOrEqual(
            Math.max(0, gross - given.demandTotal - fencedFree(owner)) + covering.fence,
          )
          if (!rules.some((r) => r.class === owner)) {
            expect(covering.availableToSell).toBeLessThanOrEqual(
              Math.max(0, gross - given.demandTotal - fencedFree(owner)),
            )
          }
        }
      }),
    )
  })

  test('selling in one class never grows another’s figure', () => {
    fc.assert(
      fc.property(
        world,
        fc.constantFrom(...classes),
        fc.integer({ min: 1, max: 20 }),
        ({ gross, rules, demand }, seller, sold) => {
          const before = inputs(gross, demand)
          const after = inputs(gross, { ...demand, [seller]: (demand[seller] ?? 0) + sold })
          for (const k of classes)
            if (k !== seller) expect(ats(after, rules, k)).toBeLessThanOrEqual(ats(before, rules, k))
        },
      ),
    )
  })
})
