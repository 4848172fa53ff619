import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Expiries } from './expiries.ts'
import { isLive, newHold, type Reservation } from './reservation.ts'

const holdUntil = (expiresAt: number): Reservation => ({ ...newHold(String(expiresAt), 'web:1'), expiresAt })

const endOf = (it: Reservation): number => (isLive(it) && !it.isConfirmed ? it.expiresAt : 0)

type Step =
  | { readonly does: 'hold'; readonly forMs: number }
  | { readonly does: 'extend' | 'confirm'; readonly which: number; readonly forMs: number }
  | { readonly does: 'pass'; readonly forMs: number }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    does: fc.constantFrom('hold', 'hold', 'extend', 'confirm', 'pass'),
    which: fc.nat(20),
    forMs: fc.integer({ min: 1, max: 450 }),
  }),
  { maxLength: 60, size: 'max' },
) as fc.Arbitrary<Step[]>

test('a hold is taken once, at the millisecond at which it ends, however often that was moved; a firm one never', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const [expiries, holds] = [new Expiries(endOf), [] as Reservation[]]
      let now = 1_000_000
      for (const step of taken) {
        const known =
          step.does === 'extend' || step.does === 'confirm' ? holds[step.which % holds.length] : undefined
        if (step.does === 'hold') {
          holds.push(holdUntil(now + step.forMs))
          expiries.add(holds.at(-1)!)
        } else if (step.does === 'confirm' && known) known.isConfirmed = true
        else if (step.does === 'extend' && known && !known.isLapsed) {
          known.expiresAt = Math.max(known.expiresAt, now + step.forMs)
          expiries.add(known)
        } else if (step.does === 'pass') {
          now += step.forMs
          const due = holds.filter((it) => !it.isConfirmed && !it.isLapsed && it.expiresAt <= now)
          const ended: Reservation[] = []
          for (const it of expiries.take(now)) {
            it.isLapsed = true
            ended.push(it)
          }
          expect(new Set(ended)).toEqual(new Set(due))
          expect(ended.length).toBe(due.length)
          const open = holds.filter((it) => !it.isConfirmed && !it.isLapsed).map(({ expiresAt }) => expiresAt)
          expect(expiries.nextAt).toBeLessThanOrEqual(Math.min(Number.POSITIVE_INFINITY, ...open))
        }
      }
    }),
    { numRuns: 500 },
  )
})
