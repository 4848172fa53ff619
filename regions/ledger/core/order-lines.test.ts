import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DemandLine } from './demand-line.ts'
import { OrderLines } from './order-lines.ts'

const line = fc.record({ line: fc.integer({ max: 30, min: 1 }).map(String), sku: fc.nat(2) })

test('an order of any length finds its lines, and those that share a line’s id', () => {
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 80 }),
      fc.array(fc.nat(), { maxLength: 40 }),
      (added, removed) => {
        const lines = new OrderLines()
        const left = added.map((it) => it as DemandLine)
        for (const it of left) lines.add(it)
        for (const n of removed) if (left.length > 0) lines.remove(left.splice(n % left.length, 1)[0]!)
        expect(new Set(lines.all)).toEqual(new Set(left))
        for (const it of added) {
          const group = left.filter((other) => other.line === it.line)
          expect(new Set(lines.group(it.line))).toEqual(new Set(group))
          expect(lines.find(it.line, it.sku)?.sku).toBe(group.find(({ sku }) => sku === it.sku)?.sku)
        }
      },
    ),
  )
})
