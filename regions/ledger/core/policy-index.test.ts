import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Policy } from '../../../shared/domain/policy.ts'
import { specificity, type Subject } from '../../../shared/domain/policy-scope.ts'
import { PolicyIndex } from './policy-index.ts'

const policy = (scope: string, quantity: number): Policy => ({
  kind: 'safetyStock',
  scope,
  body: { quantity, author: 'a', reason: 'r' },
})

test('the policy that names most of a subject applies, in whatever order its scope is written', () => {
  const index = new PolicyIndex()
  for (const [n, scope] of ['*', 'tier:A', 'node:ber1', 'tier:A,node:ber1', 'sku:X'].entries())
    index.put(policy(scope, n))
  const found = (subject: Subject): unknown =>
    (index.find('safetyStock', subject) as { quantity: number } | null)?.quantity
  expect(found({ sku: 'Y', tier: 'C', node: 'muc1' })).toBe(0)
  expect(found({ sku: 'Y', tier: 'A', node: 'muc1' })).toBe(1)
  expect(found({ sku: 'Y', tier: 'C', node: 'ber1' })).toBe(2)
  expect(found({ sku: 'Y', tier: 'A', node: 'ber1' })).toBe(3)
  expect(found({ sku: 'X', tier: 'A', node: 'ber1' })).toBe(4)
})

test('looking a policy up finds what trying every policy finds', () => {
  const part = fc.constantFrom('sku:X', 'sku:Y', 'node:n1', 'node:n2', 'tier:A', 'tier:B', 'channel:web')
  const scope = fc.oneof(
    fc.constant('*'),
    fc
      .uniqueArray(part, { minLength: 1, maxLength: 3, selector: (it) => it.split(':')[0] })
      .map((parts) => parts.join(',')),
  )
  const subject = fc.record(
    {
      sku: fc.constantFrom('X', 'Y', 'Z'),
      node: fc.constantFrom('n1', 'n3'),
      tier: fc.constantFrom('A', 'C'),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      fc.uniqueArray(scope, { maxLength: 25, selector: (it) => it.split(',').sort().join(',') }),
      subject,
      (scopes, asked) => {
        const index = new PolicyIndex()
        for (const [n, it] of scopes.entries()) index.put(policy(it, n))
        const weights = scopes.map((it) => specificity(it, asked))
        const best = Math.max(-1, ...weights)
        const found = index.find('safetyStock', asked) as { quantity: number } | null
        expect(found === null ? -1 : weights[found.quantity]).toBe(best)
      },
    ),
  )
})
