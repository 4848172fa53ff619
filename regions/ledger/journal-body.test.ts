import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packBody, unpackBody } from './journal-body.ts'

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

test('what was packed comes back to the byte, whatever it was and however long', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.string(), quantity: fc.integer() }), { maxLength: 400 }),
      (facts) => {
        const body = bytes(facts)
        expect(Buffer.compare(unpackBody(packBody(body)), body)).toBe(0)
      },
    ),
    { numRuns: 200 },
  )
})

test('facts that are alike take a fraction of their bytes; a small message is kept as it is', () => {
  const facts = Array.from({ length: 300 }, (_, n) => ({
    id: `e${n}`,
    type: 'plimsoll.stock.received',
    quantity: 3,
  }))
  expect(packBody(bytes(facts)).length).toBeLessThan(bytes(facts).length / 5)
  const small = bytes(facts.slice(0, 5))
  expect(packBody(small)).toBe(small)
})
