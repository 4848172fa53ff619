import * as z from 'zod'
import { Region } from '../../shared/domain/ids.ts'

/** What a person may do, each more than the one before: look, act, agree to what others propose, and say who may what. */
export const Role = z.enum(['viewer', 'operator', 'approver', 'admin'])
export type Role = z.infer<typeof Role>

/** A role in some regions, or in all of them, those to come included. */
export const Grant = z.strictObject({
  role: Role,
  regions: z.union([z.literal('*'), z.array(Region).min(1).max(100)]),
})
export type Grant = z.infer<typeof Grant>

/** More than a person's tasks need, and few enough to be looked through at every request. */
const GRANTS_MAX = 20
export const Grants = z.array(Grant).min(1).max(GRANTS_MAX)

/** Who asks. `id` is what tells two persons apart where a second one is needed. */
export type Person = {
  readonly id: string
  readonly name: string
  readonly via: 'key' | 'token' | 'oidc'
  readonly grants: readonly Grant[]
}

/** Whether a person has a role in a region; asked with null, in all regions. */
export function may(person: Person, role: Role, region: string | null): boolean {
  return person.grants.some(
    (grant) =>
      RANK[grant.role] >= RANK[role] &&
      (grant.regions === '*' || (region !== null && (grant.regions as readonly string[]).includes(region))),
  )
}

/** Whether a person has a role in any region at all. */
export const maySomewhere = (person: Person, role: Role): boolean =>
  person.grants.some((grant) => RANK[grant.role] >= RANK[role])

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, approver: 2, admin: 3 }

/** The one who has the centre's own key: everything, everywhere. */
export const KEY_HOLDER: Person = {
  id: 'key',
  name: 'holder of the centre’s key',
  via: 'key',
  grants: [{ role: 'admin', regions: '*' }],
}
