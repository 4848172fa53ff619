import { describe, expect, test } from 'vitest'
import type { Tier } from '../../shared/domain/tier.ts'
import { DueSkus } from './due-skus.ts'

const WINDOWS = { A: 100, B: 1_000, C: 10_000 }
const due = () => new DueSkus((tier: Tier) => ({ windowMs: WINDOWS[tier], freshForMs: 20_000 }))
const skus = (from: DueSkus, now: number, most = 100): number[] => from.take(now, most).map(({ sku }) => sku)

describe('what channels may have to be told of', () => {
  test('is due at once after quiet, and by its tier’s window under load', () => {
    const it = due()
    it.mark(1, 'B', 50_000)
    expect(skus(it, 50_000)).toEqual([1])
    it.mark(1, 'B', 50_100)
    it.mark(2, 'B', 50_900)
    expect(skus(it, 50_999)).toEqual([])
    expect(skus(it, 51_000)).toEqual([1, 2])
  })

  test('is as much as there are skus, however often they change, and as old as the first change', () => {
    const it = due()
    for (let at = 0; at < 1_000; at++) it.mark(7, 'C', 60_000 + at)
    expect(it.take(61_000, 100)).toEqual([{ sku: 7, tier: 'C', since: 60_000, exactly: false }])
    expect(skus(it, 99_000)).toEqual([])
  })

  test('comes in parts where it is more than fits, tier A first, and none of it waits for another window', () => {
    const it = due()
    for (const sku of [1, 2, 3]) it.mark(sku, 'B', 50_000)
    it.mark(9, 'A', 50_001)
    expect([skus(it, 50_001, 2), skus(it, 50_002, 2), skus(it, 50_003, 2)]).toEqual([[9, 1], [2, 3], []])
  })

  test('and moved within its band is told exactly when half of its freshness is over', () => {
    const it = due()
    it.mark(1, 'B', 50_000)
    const [first] = it.take(50_000, 10)
    it.hold(first!)
    expect(it.take(59_999, 10)).toEqual([])
    expect(it.take(60_000, 10)).toEqual([{ sku: 1, tier: 'B', since: 50_000, exactly: true }])
  })

  test('and could not be told is due again at once', () => {
    const it = due()
    it.mark(1, 'C', 50_000)
    it.putBack(it.take(50_000, 10)[0]!)
    expect(it.take(50_001, 10)).toEqual([{ sku: 1, tier: 'C', since: 50_000, exactly: false }])
  })
})
