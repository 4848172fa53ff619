import { describe, expect, test } from 'vitest'
import type { CountReport } from '../../shared/contract/reports.ts'
import type { VarianceRow } from '../store/save-variances.ts'
import { countKey, judgeCount, type Standing } from './judge-count.ts'

const NOW = '2026-11-23T12:00:00.000Z'
const LATER = '2026-11-23T12:05:00.000Z'
type Count = CountReport['counts'][number]

const count = (counted: number, ledger: number | null, more: Partial<Count> = {}): Count => ({
  source: 'erp-eu',
  sku: 'X' as never,
  node: 'ber1' as never,
  state: 'onHand',
  counted,
  ledger,
  asOf: '2026-11-23T11:50:00.000Z',
  standing: 'observer',
  value: 250,
  tier: 'B',
  isSettled: true,
  ...more,
})
const next = (counted: number, ledger: number, more: Partial<Count> = {}): Count =>
  count(counted, ledger, { asOf: '2026-11-23T12:04:00.000Z', ...more })
const judge = (it: Count, standing: Standing = {}, now = NOW) => judgeCount('eu', it, standing, now)
const opened = (it: Count): VarianceRow => judge(it)!.row

describe('a count beside the ledger', () => {
  test('that agrees says nothing', () => {
    expect(judge(count(7, 7))).toBeNull()
  })
  test('that differs by no more than is tolerated says nothing, and by one more does', () => {
    expect(judge(count(4, 7, { tolerance: 3 }))).toBeNull()
    expect(judge(count(10, 7, { tolerance: 3 }))).toBeNull()
    expect(judge(count(11, 7, { tolerance: 3 }))?.row).toMatchObject({ state: 'open', difference: 4 })
  })
  test('that is tolerated closes what stood open, and says by how much', () => {
    const open = opened(count(2, 7))
    expect(judge(next(6, 7, { tolerance: 1 }), { open })).toMatchObject({
      row: { state: 'converged' },
      step: { detail: 'erp-eu counted 6, within 1 of the 7 that the ledger has' },
    })
  })
  test('of a position nobody knew says nothing: there is nothing to hold it against', () => {
    expect(judge(count(7, null))).toBeNull()
  })
  test('of an observer that differs opens a variance with its difference and value', () => {
    expect(judge(count(4, 7))).toMatchObject({
      row: { state: 'open', difference: -3, value: 750, openedAt: NOW, closedAt: null, isClassDue: true },
      step: { what: 'opened', by: 'centre' },
    })
  })
  test('that differs again keeps the variance and its age, and counts how often the same difference was seen', () => {
    const open = opened(count(4, 7))
    expect(judge(next(5, 8), { open }, LATER)?.row).toMatchObject({
      id: open.id,
      openedAt: NOW,
      updatedAt: LATER,
      seen: 2,
    })
    expect(judge(next(5, 9), { open }, LATER)?.row).toMatchObject({ difference: -4, seen: 1 })
  })
  test('that is told again as it was is not another count', () => {
    const open = opened(count(4, 7))
    expect(judge(count(4, 7), { open }, LATER)).toMatchObject({ row: { seen: 1, isClassDue: false } })
  })
  test('that agrees again closes it as converged', () => {
    const open = opened(count(4, 7))
    expect(judge(next(7, 7), { open })?.row).toMatchObject({ id: open.id, state: 'converged', closedAt: NOW })
  })
  test('of the owner that differs is corrected at once: the ledger was rebased', () => {
    expect(judge(count(4, 7, { standing: 'owner' }))?.row).toMatchObject({
      state: 'corrected',
      difference: -3,
      closedAt: NOW,
    })
  })
  test('of one lot says nothing of another lot', () => {
    const [one, other] = ['L1', 'L2'].map((lot) => countKey('eu', count(4, 7, { lot: lot as never })))
    expect(one).not.toBe(other)
  })
})

describe('what may still be in flight', () => {
  const early = count(4, 7, { isSettled: false })
  test('is no variance yet', () => {
    expect(judge(early)).toMatchObject({
      row: { isSettled: false, state: 'open' },
      step: { what: 'in-flight' },
    })
    expect(judge({ ...early, standing: 'owner' })?.row).toMatchObject({ isSettled: false, state: 'open' })
  })
  test('converges when it arrives in time', () => {
    expect(judge(count(4, 4), { open: opened(early) })).toMatchObject({
      row: { state: 'converged', isSettled: false },
      step: { what: 'converged' },
    })
  })
  test('is a variance when it has not arrived by then: of an observer open, of the owner corrected', () => {
    const open = opened(early)
    expect(judge(count(4, 7), { open }, LATER)).toMatchObject({
      row: { id: open.id, isSettled: true, state: 'open', openedAt: NOW, seen: 1, isClassDue: true },
      step: { what: 'opened' },
    })
    expect(judge(count(4, 7, { standing: 'owner' }), { open })?.row).toMatchObject({
      state: 'corrected',
      isClassDue: true,
    })
  })
  test('but is told after that closes it as replayed', () => {
    expect(judge(count(4, 4), { open: opened(count(4, 7)) })).toMatchObject({
      row: { state: 'replayed' },
      step: { what: 'replayed' },
    })
  })
})

describe('a difference that somebody accepted', () => {
  const accepted = { ...opened(count(4, 7)), state: 'accepted', closedAt: NOW }
  test('is not opened again by the next count that shows it', () => {
    expect(judge(next(6, 9), { accepted }, LATER)).toBeNull()
  })
  test('is opened as another variance when it becomes another difference', () => {
    const change = judge(next(6, 10), { accepted }, LATER)!
    expect(change.row).toMatchObject({ state: 'open', difference: -4 })
    expect(change.row.id).not.toBe(accepted.id)
  })
  test('is forgotten once a count agrees', () => {
    expect(judge(next(6, 6), { accepted }, LATER)?.row).toMatchObject({ id: accepted.id, state: 'converged' })
  })
})
