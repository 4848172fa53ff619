import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseInstant } from '../kernel/clock.ts'
import { availableToPromise, type Dated, earliestDay, type PromiseInputs } from './promise.ts'

const on = (day: number, quantity: number): Dated => ({
  at: parseInstant(`2026-03-${String(day).padStart(2, '0')}T15:00:00Z`)!,
  quantity,
})
const now = parseInstant('2026-03-10T09:00:00Z')!
const atp = (gross: number, supply: Dated[], demand: Dated[], horizonDays = 10) =>
  availableToPromise({ now, gross, supply, demand, horizonDays })

describe('available to promise', () => {
  test('today is what there is, less what later days need', () => {
    expect(atp(10, [], [on(14, 4)])).toEqual([{ date: '2026-03-10', quantity: 6 }])
  })
  test('grows on the day supply is expected', () => {
    expect(atp(10, [on(12, 50)], [])).toEqual([
      { date: '2026-03-10', quantity: 10 },
      { date: '2026-03-12', quantity: 60 },
    ])
  })
  test('supply that should have come yesterday counts no more', () => {
    expect(atp(10, [on(9, 50)], [])).toEqual([{ date: '2026-03-10', quantity: 10 }])
  })
  test('demand that is overdue is due now', () => {
    expect(atp(10, [], [on(2, 3)])).toEqual([{ date: '2026-03-10', quantity: 7 }])
  })
  test('a later order is covered by later supply, and takes nothing off today', () => {
    expect(atp(10, [on(12, 20)], [on(13, 25)])).toEqual([{ date: '2026-03-10', quantity: 5 }])
    expect(atp(10, [on(12, 20)], [on(13, 20)])).toEqual([{ date: '2026-03-10', quantity: 10 }])
  })
  test('is never negative', () => {
    expect(atp(2, [], [on(10, 5)])).toEqual([{ date: '2026-03-10', quantity: 0 }])
  })
})

test('a promise is the earliest day that has enough', () => {
  const promised = atp(10, [on(12, 50)], [])
  expect([earliestDay(promised, 10), earliestDay(promised, 11), earliestDay(promised, 61)]).toEqual([
    '2026-03-10',
    '2026-03-12',
    null,
  ])
})

test('more supply never lowers what any day can promise', () => {
  const dated = fc
    .array(fc.record({ day: fc.integer({ min: 1, max: 28 }), quantity: fc.nat({ max: 50 }) }), {
      maxLength: 8,
    })
    .map((all) => all.map(({ day, quantity }) => on(day, quantity)))
  const quantityOn = (inputs: PromiseInputs, date: string): number =>
    availableToPromise(inputs).findLast((it) => it.date <= date)!.quantity
  fc.assert(
    fc.property(
      fc.nat({ max: 50 }),
      dated,
      dated,
      fc.integer({ min: 1, max: 28 }),
      (gross, supply, demand, day) => {
        const before: PromiseInputs = { now, gross, supply, demand, horizonDays: 20 }
        const after: PromiseInputs = { ...before, supply: [...supply, on(day, 7)] }
        for (const date of ['2026-03-10', '2026-03-12', '2026-03-20', '2026-03-30'])
          expect(quantityOn(after, date)).toBeGreaterThanOrEqual(quantityOn(before, date))
      },
    ),
  )
})
