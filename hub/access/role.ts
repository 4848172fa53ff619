import type { Grant, Role } from '../../shared/contract/access-api.ts'

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
