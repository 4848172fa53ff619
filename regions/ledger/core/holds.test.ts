import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Holds } from './holds.ts'
import type { LineWant } from './line-want.ts'
import type { Reservation } from './reservation.ts'

const reservations = Array.from({ length: 4 }, (_, n) => ({ id: `r${n}` }) as Reservation)

test('holds are kept as a map keeps them, whatever is put and taken in whichever order', () => {
  const step = fc.record({ at: fc.nat(3), quantity: fc.integer({ min: 1, max: 9 }), isTaken: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
      const [holds, map] = [new Holds(), new Map<Reservation, LineWant>()]
      for (const { at, quantity, isTaken } of steps) {
        const reservation = reservations[at]!
        const want = { quantity, node: -1, dueAt: -1, demandClass: 'web' }
        for (const kept of [holds, map]) {
          if (isTaken) kept.delete(reservation)
          else kept.set(reservation, want)
        }
        expect(holds.size).toBe(map.size)
        expect(new Map(holds)).toEqual(map)
        expect(new Set(holds.keys())).toEqual(new Set(map.keys()))
        for (const it of reservations) expect(holds.get(it)).toBe(map.get(it))
        expect(holds.first === null).toBe(map.size === 0)
      }
    }),
  )
})
