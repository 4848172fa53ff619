import { describe, expect, test } from 'vitest'
import { CanonicalEvent, type Fact } from '../../shared/contract/events.ts'
import { formatInstant } from '../../shared/kernel/clock.ts'
import { newEffects } from '../ledger/core/effects.ts'
import { Ledger } from '../ledger/core/ledger.ts'
import { type CountLine, CountWatch } from './count-watch.ts'

const T = Date.parse('2026-11-23T10:00:00.000Z')
const SECOND = 1_000
/** The default of tier B. */
const CADENCE = 60 * SECOND

let ids = 0
const fact = (type: string, atMs: number, data: object, more: object = {}): Fact => ({
  ...CanonicalEvent.parse({
    specversion: '1.0',
    id: `f${++ids}`,
    source: 'wms',
    type: `plimsoll.stock.${type}`,
    time: formatInstant(atMs),
    subject: 'X',
    data: { node: 'ber1', ...data },
    ...more,
  }),
})
const received = (atMs: number, quantity: number): Fact => fact('received', atMs, { quantity })
const counted = (asOfMs: number, onHand: number, standing: 'owner' | 'observer', lot?: string): Fact => ({
  ...fact(
    'counted',
    asOfMs,
    { states: { onHand }, asOf: formatInstant(asOfMs), ...(lot ? { lot } : {}) },
    { source: standing === 'owner' ? 'wms' : 'erp' },
  ),
  standing,
})

function world() {
  const ledger = new Ledger()
  const watch = new CountWatch(ledger.books)
  return {
    watch,
    hear(now: number, ...facts: Fact[]): CountLine[] {
      const effects = newEffects()
      for (const it of facts) ledger.apply(it, effects, now)
      return watch.note(effects.counts, now)
    },
  }
}

const tolerates = (scope: string, body: object): Fact => ({
  ...CanonicalEvent.parse({
    specversion: '1.0',
    id: `p${++ids}`,
    source: 'plimsoll-hub',
    type: 'plimsoll.policy.activated',
    time: formatInstant(T),
    subject: `tolerance/${scope}`,
    data: { kind: 'tolerance', scope, body: { ...body, author: 'ada', reason: 'scales' } },
  }),
})

test('with a count goes by how much it may differ, as the most specific policy says', () => {
  const { hear } = world()
  hear(T, received(T, 250), tolerates('*', { quantity: 3 }))
  const [general] = hear(T + SECOND, counted(T + SECOND, 240, 'observer'))
  expect(general).toMatchObject({ counted: 240, ledger: 250, tolerance: 3 })
  hear(T + 2 * SECOND, tolerates('source:erp', { percent: 5 }))
  const [ofSource] = hear(T + 3 * SECOND, counted(T + 3 * SECOND, 240, 'observer'))
  expect(ofSource).toMatchObject({ tolerance: 12 })
  hear(T + 4 * SECOND, tolerates('sku:X', { quantity: 0 }))
  const [none] = hear(T + 5 * SECOND, counted(T + 5 * SECOND, 240, 'observer'))
  expect(none).not.toHaveProperty('tolerance')
})

describe('a count that differs when it is folded', () => {
  test.each(['owner', 'observer'] as const)(
    'by the %s: what was on its way belongs before it, and takes the difference away',
    (standing) => {
      const { watch, hear } = world()
      hear(T, received(T, 10))
      const told = hear(T + 5 * SECOND, counted(T + 4 * SECOND, 15, standing))
      expect(told).toMatchObject([{ counted: 15, ledger: 10, isSettled: false }])
      hear(T + 6 * SECOND, received(T + 3 * SECOND, 5))
      expect(watch.look(T + 7 * SECOND)).toEqual([])
      expect(watch.look(T + 4 * SECOND + CADENCE)).toMatchObject([
        { counted: 15, ledger: 15, isSettled: true },
      ])
      expect(watch.size).toBe(0)
    },
  )

  test('and still differs after its cadence is settled, and told once', () => {
    const { watch, hear } = world()
    hear(T, received(T, 10))
    hear(T + SECOND, counted(T, 12, 'observer'))
    expect(watch.look(T + CADENCE)).toMatchObject([{ counted: 12, ledger: 10, isSettled: true }])
    expect(watch.look(T + 2 * CADENCE)).toEqual([])
  })

  test('what happened after its moment is no difference', () => {
    const { watch, hear } = world()
    hear(T, received(T, 10))
    hear(T + 20 * SECOND, received(T + 15 * SECOND, 7))
    expect(hear(T + 21 * SECOND, counted(T + 10 * SECOND, 10, 'observer'))).toMatchObject([
      { ledger: 10, isSettled: true },
    ])
    expect(watch.size).toBe(0)
  })

  test('of an observer is watched on: when the fact is told after all, the ledger agrees', () => {
    const { watch, hear } = world()
    hear(T, received(T, 10))
    hear(T + SECOND, counted(T, 12, 'observer'))
    watch.look(T + CADENCE)
    hear(T + 2 * CADENCE, received(T - SECOND, 2))
    expect(watch.look(T + 3 * CADENCE)).toMatchObject([{ counted: 12, ledger: 12, isSettled: true }])
    expect(watch.size).toBe(0)
  })

  test('is settled at once when its moment is long past', () => {
    const { hear } = world()
    hear(T, received(T, 10))
    expect(hear(T + CADENCE + SECOND, counted(T, 12, 'observer'))).toMatchObject([{ isSettled: true }])
  })

  test('gives way to a later count of the same source', () => {
    const { watch, hear } = world()
    hear(T, received(T, 10))
    hear(T + SECOND, counted(T, 12, 'observer'))
    expect(hear(T + 2 * SECOND, counted(T + SECOND, 10, 'observer'))).toMatchObject([{ isSettled: true }])
    expect(watch.size).toBe(0)
  })
})

test('lots are counted apart', () => {
  const { hear } = world()
  hear(T, fact('received', T, { quantity: 3, lot: 'L1' }), fact('received', T, { quantity: 4, lot: 'L2' }))
  const told = hear(T + SECOND, counted(T, 3, 'observer', 'L1'), counted(T, 5, 'observer', 'L2'))
  expect(told).toMatchObject([
    { lot: 'L1', counted: 3, ledger: 3 },
    { lot: 'L2', counted: 5, ledger: 4 },
  ])
})

test('after a start what observers said last is held against the ledger again', () => {
  const ledger = new Ledger()
  const effects = newEffects()
  for (const it of [received(T, 10), counted(T, 12, 'observer')]) ledger.apply(it, effects, T)
  const restarted = new CountWatch(ledger.books)
  expect(restarted.recall(T + 5 * CADENCE)).toMatchObject([{ counted: 12, ledger: 10, isSettled: true }])
})
