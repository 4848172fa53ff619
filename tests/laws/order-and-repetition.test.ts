import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldAll, pictureOf } from './picture.ts'
import { anyTape, delivered } from './tapes.ts'

test('every order and repetition of the same facts, of all types, gives the same positions, figures and promises', () => {
  fc.assert(
    fc.property(
      anyTape.chain((tape) => fc.tuple(fc.constant(tape), delivered(tape))),
      ([tape, shuffled]) => {
        expect(pictureOf(foldAll(shuffled))).toEqual(pictureOf(foldAll(tape)))
      },
    ),
    { numRuns: 1000 },
  )
})
