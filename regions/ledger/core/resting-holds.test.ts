import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newLine } from './demand-line.ts'
import { newHold, type Reservation } from './reservation.ts'
import { RestingHolds } from './resting-holds.ts'

const DAY = 86_400_000

function holdOf(number: number, expiresAt: number, lines = 1): Reservation {
  const hold: Reservation = {
    ...newHold(`hold-${number}`, `web:${number}`),
    expiresAt,
    isConfirmed: number % 7 === 0,
    isEnded: number % 5 === 0,
    isExpired: number % 10 === 0,
    isLapsed: number % 10 === 0,
  }
  hold.lines = Array.from({ length: lines }, (_, i) => {
    const line = newLine(hold.orderRef, `${i} “first”`, number, expiresAt - 2)
    line.lastHeardAt = expiresAt - 1
    const want = { quantity: number + 1, node: i - 1, dueAt: -1, demandClass: 'web/gold' }
    line.holds.set(hold, i === 0 ? want : { ...want, asked: number + 5 })
    return line
  })
  return hold
}

const isEnding = ({ isConfirmed, isEnded, isLapsed }: Reservation): boolean =>
  !isConfirmed && !isEnded && !isLapsed

describe('holds at rest', () => {
  test('come back as they were, by their name or by that of their order, once', () => {
    const resting = new RestingHolds()
    expect(resting.lay([1, 2, 5, 7, 10].map((n) => holdOf(n, 1000 * n, 3)))).toEqual([])
    expect(resting.size).toBe(5)
    expect(resting.takeById('hold-2')).toEqual(holdOf(2, 2000, 3))
    expect(resting.takeByOrder('web:7')).toEqual(holdOf(7, 7000, 3))
    for (const [id, order] of [
      ['hold-2', 'web:2'],
      ['hold-7', 'web:7'],
      ['web:1', 'hold-1'],
    ] as const) {
      expect(resting.takeById(id)).toBeNull()
      expect(resting.takeByOrder(order)).toBeNull()
    }
    expect(resting.size).toBe(3)
  })

  test('of one order only the first finds a place', () => {
    const resting = new RestingHolds()
    const [first, second] = [holdOf(1, 1000), { ...holdOf(1, 2000), id: 'another' }]
    expect(resting.lay([first])).toEqual([])
    expect(resting.lay([second])).toEqual([second])
    expect(resting.takeByOrder('web:1')).toEqual(first)
  })

  test('come by the thousand, and go one by one', () => {
    const resting = new RestingHolds()
    const numbers = Array.from({ length: 3_500 }, (_, i) => i)
    resting.lay(numbers.map((n) => holdOf(n, DAY + n)))
    for (const n of numbers) if (n % 40 !== 0) expect(resting.takeById(`hold-${n}`)).not.toBeNull()
    for (const n of numbers)
      expect(resting.takeByOrder(`web:${n}`)).toEqual(n % 40 === 0 ? holdOf(n, DAY + n) : null)
    expect(resting.size).toBe(0)
  })

  test('are told when they end, and when they are old', () => {
    const resting = new RestingHolds()
    resting.lay([holdOf(1, DAY + 100), holdOf(2, DAY + 50), holdOf(5, DAY), holdOf(7, DAY)])
    expect(resting.nextAt).toBe(DAY + 50)
    expect([...resting.takeEnded(DAY + 99)].map(({ id }) => id)).toEqual(['hold-2'])
    expect([...resting.takeEnded(DAY + 100)].map(({ id }) => id)).toEqual(['hold-1'])
    expect(resting.nextAt).toBe(Number.POSITIVE_INFINITY)
    expect([...resting.takeOld(2 * DAY - 1, 10)]).toEqual([])
    expect([...resting.takeOld(2 * DAY, 1)].length).toBe(1)
    expect([...resting.takeOld(2 * DAY, 10)].length).toBe(1)
    expect(resting.size).toBe(0)
  })

  test('stay what they are while others come and go', () => {
    const steps = fc.array(
      fc.record({
        does: fc.constantFrom('lay', 'lay', 'take', 'end'),
        count: fc.integer({ min: 1, max: 60 }),
      }),
      { maxLength: 60, size: 'max' },
    )
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.nat()), (taken, which) => {
        const [resting, known] = [new RestingHolds(), new Map<number, Reservation>()]
        let [numbers, now] = [0, DAY]
        const any = (): number => [...known.keys()][which.next().value! % known.size]!
        for (const { does, count } of taken) {
          if (does === 'lay') {
            const laid = Array.from({ length: count }, () =>
              holdOf(numbers++, now + (which.next().value! % 1000)),
            )
            expect(resting.lay(laid)).toEqual([])
            for (const it of laid) known.set(Number(it.id.slice(5)), it)
          } else if (does === 'end') {
            now += count * 10
            const due = [...known].filter(([, it]) => isEnding(it) && it.expiresAt <= now)
            const ended = [...resting.takeEnded(now)]
            expect(new Set(ended.map(({ id }) => id))).toEqual(new Set(due.map(([, { id }]) => id)))
            for (const [number] of due) known.delete(number)
          } else
            for (let i = 0; i < count && known.size > 0; i++) {
              const number = any()
              const isById = which.next().value! % 2 === 0
              const found = isById ? resting.takeById(`hold-${number}`) : resting.takeByOrder(`web:${number}`)
              expect(found).toEqual(known.get(number))
              known.delete(number)
            }
          expect(resting.size).toBe(known.size)
        }
        for (const [number, hold] of known) expect(resting.takeById(`hold-${number}`)).toEqual(hold)
      }),
      { numRuns: 200 },
    )
  })
})
