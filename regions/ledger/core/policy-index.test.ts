import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Policy } from '../../../shared/domain/policy.ts'
import { specificity, type Subject } from '../../../shared/domain/policy-scope.ts'
import { formatInstant } from '../../../shared/kernel/clock.ts'
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
    (index.find('safetyStock', subject)?.body as { quantity: number } | undefined)?.quantity
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
        const found = index.find('safetyStock', asked)?.body as { quantity: number } | undefined
        expect(found === undefined ? -1 : weights[found.quantity]).toBe(best)
      },
    ),
  )
})

test('a policy with a time holds from its first moment until its last, and the next most specific one otherwise', () => {
  const index = new PolicyIndex()
  index.put(policy('*', 1))
  const box = { from: formatInstant(1_000), until: formatInstant(2_000) }
  index.put({ ...policy('sku:X', 9), body: { quantity: 9, author: 'a', reason: 'r', ...box } } as Policy)
  const at = (now: number) =>
    (index.find('safetyStock', { sku: 'X' }, now)!.body as { quantity: number }).quantity
  expect([999, 1_000, 1_999, 2_000].map(at)).toEqual([1, 9, 9, 1])
  expect(index.turning(0, 999)).toEqual([])
  expect(index.turning(999, 1_000)).toEqual(['sku:X'])
  expect(index.turning(1_000, 5_000)).toEqual(['sku:X'])
  index.put(policy('sku:X', 3))
  expect(index.turning(0, 5_000)).toEqual([])
})

test('the channels that policies name are known, each once', () => {
  const index = new PolicyIndex()
  for (const scope of ['channel:web', 'sku:X,channel:edi', 'channel:edi,node:ber1', 'node:ber1'])
    index.put(policy(scope, 1))
  expect([...index.channelsOf('safetyStock')]).toEqual(['edi', 'web'])
  expect(index.channelsOf('depletion').size).toBe(0)
})
