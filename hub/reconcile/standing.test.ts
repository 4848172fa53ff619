import { describe, expect, test } from 'vitest'
import type { VarianceRow } from '../store/save-variances.ts'
import { closedAs, type Found, judgeFound } from './standing.ts'

const NOW = '2026-11-23T12:00:00.000Z'
const MINUTE = 60_000
const LATER = '2026-11-23T12:05:00.000Z'

const found = (more: Partial<Found> = {}): Found => ({
  key: 'order/web:1',
  region: 'eu',
  kind: 'order',
  class: 'duplicate',
  settlesAfterMs: 0,
  subject: 'web:1',
  difference: 1,
  value: null,
  evidence: { regions: ['eu', 'us'] },
  said: 'two regions hold it',
  ...more,
})
const open = (more: Partial<Found> = {}): VarianceRow => judgeFound(found(more), {}, NOW)!.row

describe('a difference that is found', () => {
  test('opens a variance, or is only seen while it may be in flight', () => {
    expect(judgeFound(found(), {}, NOW)).toMatchObject({
      row: { state: 'open', openedAt: NOW, difference: 1 },
      step: { what: 'opened', detail: 'two regions hold it' },
    })
    expect(judgeFound(found({ settlesAfterMs: MINUTE }), {}, NOW)?.step?.what).toBe('in-flight')
  })
  test('again as it was writes nothing', () => {
    expect(judgeFound(found(), { open: open() }, LATER)).toBeNull()
    const reordered = { evidence: { b: 1, a: { d: 1, c: 2 } } }
    const kept = { ...open(reordered), evidence: { a: { c: 2, d: 1 }, b: 1 } }
    expect(judgeFound(found(reordered), { open: kept }, LATER)).toBeNull()
  })
  test('past what is in flight is settled, and stays so', () => {
    const early = open({ settlesAfterMs: MINUTE })
    expect(judgeFound(found(), { open: early }, LATER)).toMatchObject({
      row: { id: early.id, isSettled: true, openedAt: NOW },
      step: { what: 'opened' },
    })
    expect(
      judgeFound(found({ settlesAfterMs: MINUTE, difference: 2 }), { open: open() }, LATER)?.row.isSettled,
    ).toBe(true)
  })
  test('that becomes another one keeps its age, its owner and what is known of it', () => {
    const owned = { ...open(), owner: 'ada', evidence: { regions: ['eu', 'us'], noted: 1 } }
    expect(judgeFound(found({ difference: 2 }), { open: owned }, LATER)).toMatchObject({
      row: { id: owned.id, openedAt: NOW, updatedAt: LATER, owner: 'ada', evidence: { noted: 1 } },
      step: { what: 'changed' },
    })
  })
  test('and says nothing of how much leaves that as it stands', () => {
    const { difference: _difference, value: _value, class: _class, ...bare } = found()
    const known = { ...open(), difference: 7, value: 70, class: 'unit' }
    expect(judgeFound(bare, { open: known }, LATER)).toBeNull()
  })
  test('and was accepted is let be, until it is another one', () => {
    const accepted = { ...open(), state: 'accepted' }
    expect(judgeFound(found(), { accepted }, LATER)).toBeNull()
    const change = judgeFound(found({ difference: 2 }), { accepted }, LATER)!
    expect(change.row).toMatchObject({ state: 'open', difference: 2 })
    expect(change.row.id).not.toBe(accepted.id)
  })
  test('and is found no more closes as it came right', () => {
    expect(closedAs(open(), { state: 'replayed', detail: 'told after all' }, LATER)).toMatchObject({
      row: { state: 'replayed', closedAt: LATER },
      step: { what: 'replayed', detail: 'told after all' },
    })
  })
})
