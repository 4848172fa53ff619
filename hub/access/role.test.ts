import { expect, test } from 'vitest'
import { Region } from '../../shared/domain/ids.ts'
import { type Grant, Role } from '../../shared/contract/access-api.ts'
import { may, maySomewhere, type Person } from './role.ts'

const person = (...grants: Grant[]): Person => ({ id: 'token:ada', name: 'ada', via: 'token', grants })
const eu = Region.parse('eu')

test('a role holds in its regions alone, and in all of them only when it was given for all', () => {
  const ada = person({ role: 'operator', regions: [eu] })
  expect(may(ada, 'operator', 'eu')).toBe(true)
  expect(may(ada, 'operator', 'us')).toBe(false)
  expect(may(ada, 'operator', null)).toBe(false)
  expect(may(person({ role: 'operator', regions: '*' }), 'operator', null)).toBe(true)
  expect(maySomewhere(ada, 'operator')).toBe(true)
  expect(maySomewhere(ada, 'approver')).toBe(false)
})

test('each role includes those before it, and none after it', () => {
  const roles = Role.options
  for (const [has, role] of roles.entries())
    for (const [needs, needed] of roles.entries())
      expect(may(person({ role, regions: [eu] }), needed, 'eu'), `${role} as ${needed}`).toBe(has >= needs)
})

test('roles of different regions do not add up', () => {
  const ada = person({ role: 'approver', regions: [eu] }, { role: 'viewer', regions: '*' })
  expect(may(ada, 'viewer', 'us')).toBe(true)
  expect(may(ada, 'operator', 'us')).toBe(false)
})
