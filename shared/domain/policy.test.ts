import { describe, expect, test } from 'vitest'
import { fieldErrors } from '../contract/problem.ts'
import { type PolicyKind, PolicyBodies, PolicyKinds, scopeFault } from './policy.ts'

const signed = { author: 'ops', reason: 'because' }
const pathsOf = (kind: PolicyKind, body: object): string[] => {
  const checked = PolicyBodies[kind].safeParse({ ...signed, ...body })
  return checked.success ? [] : fieldErrors(checked.error).map(({ path }) => path)
}

describe('a policy that can not be meant is refused with the path of what is wrong', () => {
  const FROM_AFTER_UNTIL = { from: '2026-12-02T00:00:00Z', until: '2026-12-01T00:00:00Z' }
  const down = { action: 'exclude' }
  test.each<[PolicyKind, string, object, string[]]>([
    ['safetyStock', 'that ends before it begins', { quantity: 1, ...FROM_AFTER_UNTIL }, ['until']],
    ['safetyStock', 'of less than nothing', { quantity: -1 }, ['quantity']],
    ['safetyStock', 'of more than everything', { percent: 101 }, ['percent']],
    ['safetyStock', 'of half a unit', { quantity: 0.5 }, ['quantity']],
    ['safetyStock', 'of nothing at all', {}, ['quantity']],
    ['safetyStock', 'of units and percent', { quantity: 1, percent: 1 }, ['percent']],
    [
      'allocation',
      'with two rules of a class',
      { rules: [{ class: 'a' }, { class: 'a' }] },
      ['rules.1.class'],
    ],
    [
      'allocation',
      'whose fences come to more than all',
      {
        rules: [
          { class: 'a', ringFence: { percent: 60 } },
          { class: 'b', ringFence: { percent: 41 } },
        ],
      },
      ['rules.1.ringFence.percent'],
    ],
    [
      'allocation',
      'that fences what its cap keeps from sale',
      { rules: [{ class: 'a', ringFence: { quantity: 9 }, cap: 5 }] },
      ['rules.0.ringFence.quantity'],
    ],
    [
      'allocation',
      'that never publishes',
      { rules: [{ class: 'a', cap: 5, minPublish: 6 }] },
      ['rules.0.minPublish'],
    ],
    [
      'freshness',
      'that is down before it is late',
      { maxSilenceMs: 100, downAfterMs: 100, late: { action: 'serve' }, down },
      ['downAfterMs'],
    ],
    [
      'freshness',
      'that holds back an unknown part',
      { maxSilenceMs: 100, downAfterMs: 200, late: { action: 'buffer' }, down },
      ['late.percent'],
    ],
    [
      'edgeFallback',
      'that holds back a part of nothing',
      { afterMs: 1, action: 'serve', percent: 5 },
      ['percent'],
    ],
    [
      'tierSettings',
      'under which every change is stale',
      { windowMs: 5000, freshForMs: 5000 },
      ['freshForMs'],
    ],
    ['tierRule', 'without a condition', {}, ['a']],
    [
      'tierRule',
      'by which an item is fast and slow',
      { a: { unitsPerDayMin: 5 }, c: { unitsPerDayMax: 5 } },
      ['c.unitsPerDayMax'],
    ],
    ['ownership', 'without an owner', {}, ['onHand']],
    ['ownership', 'of a source that can not be', { onHand: 'a b' }, ['onHand']],
    ['depletion', 'at no such moment', { mode: 'someday' }, ['mode']],
    ['atp', 'without a horizon', { horizonDays: 0, receiptConfidencePercent: 100 }, ['horizonDays']],
    ['correctionLimit', 'of less than nothing', { units: -1 }, ['units']],
    ['tier', 'that is none', { tier: 'D' }, ['tier']],
    ['tier', 'with a field of its own making', { tier: 'A', teir: 'B' }, ['teir']],
  ])('%s %s', (kind, _, body, paths) => expect(pathsOf(kind, body)).toEqual(paths))
})

test('nobody activates a policy without a name and a reason', () => {
  for (const kind of PolicyKinds) {
    const checked = PolicyBodies[kind].safeParse({})
    const paths = checked.success ? [] : fieldErrors(checked.error).map(({ path }) => path)
    expect([kind, ...paths]).toEqual(expect.arrayContaining(['author', 'reason']))
  }
})

describe('a scope that would never apply is refused', () => {
  test.each<[PolicyKind, string, string]>([
    ['depletion', 'node:ber1', 'scoped by sku, tier, channel'],
    ['tierSettings', 'tier:Z', 'A, B and C'],
    ['freshness', 'sku:X', 'scoped by source, node'],
  ])('%s by %s', (kind, scope, words) => expect(scopeFault(kind, scope)).toContain(words))

  test('and what applies is not', () => {
    expect(scopeFault('safetyStock', 'sku:X,node:ber1,tier:A')).toBeNull()
    expect(scopeFault('allocation', '*')).toBeNull()
  })
})
