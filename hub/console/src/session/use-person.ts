import type { Role } from '../../../../shared/contract/access-api.ts'
import type { Person } from '../../../access/role.ts'
import { useAsked } from '../api/use-asked.ts'

const ROLES: readonly Role[] = ['viewer', 'operator', 'approver', 'admin']

type Session = { readonly person: Person | null }

/** Who is signed in; null while it is not known. */
export const usePerson = (): Person | null => useAsked<Session>('/session').data?.person ?? null

/** Whether a button is worth showing; whether it may be pressed is the centre's to say. Null: in all regions. */
export const mayAct = (person: Person | null, role: Role, region: string | null): boolean =>
  person !== null &&
  person.grants.some(
    (grant) =>
      ROLES.indexOf(grant.role) >= ROLES.indexOf(role) &&
      (grant.regions === '*' || (region !== null && (grant.regions as readonly string[]).includes(region))),
  )
