import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AllocationRule } from './allocation-rule.ts'
import { specificity } from './policy-scope.ts'
import { classFor, rulesFor } from './rules.ts'
import type { Tier } from './tier.ts'

const named = (name: string): AllocationRule[] => [{ class: name, cap: 1 }]

describe('the rules of a sku', () => {
  const scopes = [
    '*',
    'tier:A',
    'tier:B',
    'sku:x',
    'sku:y',
    'sku:x,tier:A',
    'tier:B,sku:x',
    'node:n',
    'sku:x,node:n',
    'channel:c',
    'source:s,tier:A',
  ]

  test('are the list whose scope is the most specific, as specificity() ranks them', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...scopes)),
        fc.constantFrom('x', 'y', 'z'),
        fc.constantFrom<Tier>('A', 'B', 'C'),
        (given, sku, tier) => {
          const allocation = Object.fromEntries(given.map((scope, i) => [scope, named(`class-${i}`)]))
          const best = given
            .map((scope) => ({ scope, rank: specificity(scope, { sku, tier }) }))
            .filter(({ rank }) => rank >= 0)
            .toSorted((a, b) => b.rank - a.rank)[0]
          expect(rulesFor({ allocation }, { sku, tier })).toEqual(best ? allocation[best.scope] : [])
        },
      ),
    ))

  test('a sku spelt like a scope of two parts does not get that scope', () => {
    const allocation = { 'sku:x,tier:A': named('other') }
    expect(rulesFor({ allocation }, { sku: 'x,tier:A', tier: 'B' })).toEqual([])
  })
})

describe('the class a caller sells as', () => {
  test.each([
    ['its segment, when a rule names it', ['shop', 'shop/gold'], 'gold', 'shop/gold'],
    ['its channel, when only that is ruled', ['shop'], 'gold', 'shop'],
    ['the full class, when neither is', ['other'], 'gold', 'shop/gold'],
    ['its channel, when it has no segment', ['shop/gold'], undefined, 'shop'],
  ] as const)('%s', (_, ruled, segment, expected) =>
    expect(classFor(ruled.flatMap(named), 'shop', segment)).toBe(expected),
  )
})
