import { expect, test } from 'vitest'
import { checkPolicy } from '../../../policies/policy-check.ts'
import { PolicyKinds } from '../../../../shared/domain/policy.ts'
import { KIND_NAMES, KINDS } from './policy-kinds.ts'

test('every kind of policy is offered', () => {
  expect(KIND_NAMES.toSorted()).toEqual(PolicyKinds.toSorted())
})

test.each(KIND_NAMES)('the example of %s may be proposed as it stands', (kind) => {
  const asked = { kind, scope: '*', body: KINDS[kind].example }
  expect(checkPolicy(asked, { author: 'ada', reason: 'a test' })).toMatchObject({ ok: true })
})
