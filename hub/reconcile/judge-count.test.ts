import { describe, expect, test } from 'vitest'
import type { CountReport } from '../../shared/contract/reports.ts'
import { classOf, judgeCount } from './judge-count.ts'

const NOW = '2026-11-23T12:00:00.000Z'
const count = (
  counted: number,
  ledger: number | null,
  standing: 'owner' | 'observer' = 'observer',
): CountReport['counts'][number] => ({
  source: 'erp-eu',
  sku: 'X' as never,
  node: 'ber1' as never,
  state: 'onHand',
  counted,
  ledger,
  asOf: '2026-11-23T11:50:00.000Z',
  standing,
  value: 250,
})

describe('a count beside the ledger', () => {
  test('that agrees says nothing', () => {
    expect(judgeCount('eu', count(7, 7), undefined, NOW)).toBeNull()
  })
  test('of a position nobody knew says nothing: there is nothing to hold it against', () => {
    expect(judgeCount('eu', count(7, null), undefined, NOW)).toBeNull()
  })
  test('of an observer that differs opens a variance with its difference and value', () => {
    expect(judgeCount('eu', count(4, 7), undefined, NOW)).toMatchObject({
      state: 'open',
      difference: -3,
      value: 750,
      openedAt: NOW,
      closedAt: null,
    })
  })
  test('that differs again keeps the variance and its age, and counts how often the same difference was seen', () => {
    const open = judgeCount('eu', count(4, 7), undefined, NOW)!
    const later = '2026-11-23T12:05:00.000Z'
    expect(judgeCount('eu', count(5, 8), open, later)).toMatchObject({
      id: open.id,
      openedAt: NOW,
      updatedAt: later,
      seen: 2,
    })
    expect(judgeCount('eu', count(5, 9), open, later)).toMatchObject({ difference: -4, seen: 1 })
  })
  test('that agrees again closes it as converged', () => {
    const open = judgeCount('eu', count(4, 7), undefined, NOW)!
    expect(judgeCount('eu', count(7, 7), open, NOW)).toMatchObject({
      id: open.id,
      state: 'converged',
      closedAt: NOW,
    })
  })
  test('of the owner that differs is corrected at once: the ledger was rebased', () => {
    expect(judgeCount('eu', count(4, 7, 'owner'), undefined, NOW)).toMatchObject({
      state: 'corrected',
      difference: -3,
      closedAt: NOW,
    })
  })
})

describe('the class of a variance', () => {
  const row = { kind: 'count', openedAt: NOW, updatedAt: NOW, seen: 1 }
  const after = (seconds: number): number => Date.parse(NOW) + seconds * 1000
  test('is timing while facts may still be on their way', () => {
    expect(classOf({ ...row, seen: 5 }, after(59))).toBe('timing')
  })
  test('is a missing event when two counts show the same difference, and unknown while it moves about', () => {
    expect(classOf({ ...row, seen: 2 }, after(61))).toBe('missing-event')
    expect(classOf(row, after(61))).toBe('unknown')
  })
})
