import { expect, test } from 'vitest'
import { neededRole, onlyReads } from './needed-role.ts'

test.each([
  ['GET', '/v1/regions', 'viewer', 'somewhere'],
  ['GET', '/v1/live', 'viewer', 'somewhere'],
  ['GET', '/v1/audit', 'admin', 'everywhere'],
  ['POST', '/v1/tokens/abc/rotate', 'admin', 'everywhere'],
  ['GET', '/v1/tokens', 'admin', 'everywhere'],
  ['POST', '/v1/policies/drafts', 'viewer', 'somewhere'],
  ['POST', '/v1/anything/new', 'operator', 'everywhere'],
  ['POST', '/v1/regions/eu/exceptions/x/replay', 'operator', { region: 'eu' }],
  ['POST', '/v1/regions/eu/api/v1/availability/query', 'viewer', { region: 'eu' }],
  ['POST', '/v1/regions/eu/api/v1/exceptions/x/replay', 'operator', { region: 'eu' }],
  ['PUT', '/v1/regions/eu', 'operator', 'everywhere'],
  ['DELETE', '/v1/policiesX', 'operator', 'everywhere'],
] as const)('%s %s needs the role %s, %j', (method, path, role, where) => {
  expect(neededRole(method, path)).toEqual({ role, where })
})

test.each([
  ['GET', '/v1/audit', true],
  ['HEAD', '/v1/audit', true],
  ['POST', '/v1/regions/eu/api/v1/availability/query', true],
  ['PUT', '/v1/regions/eu/api/v1/availability/query', false],
  ['POST', '/v1/regions/eu/api/v1/exceptions/query', false],
  ['POST', '/v1/availability/query', false],
] as const)('whether %s %s only looks: %j', (method, path, looks) => {
  expect(onlyReads(method, path)).toBe(looks)
})
